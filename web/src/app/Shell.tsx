import {
  ActionIcon,
  AppShell,
  Burger,
  Group,
  Menu,
  NavLink,
  Text,
  UnstyledButton,
  useMantineColorScheme,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { LogOut, Moon, Sun, User } from "lucide-react";
import { signOut, useSession } from "@/api";
import { useLiveAlarms } from "@/features/alarms/open";
import { notifyProblem, SkipLink } from "@/shared";
import { sections } from "./nav";
import { OpenAlarms, OpenAlarmsLink } from "./OpenAlarms";
import classes from "./Shell.module.css";
import { useFocusBack } from "./useFocusBack";

/** The frame around every page: sections, who is signed in, light and dark. */
export function Shell() {
  const [opened, { toggle, close }] = useDisclosure();
  const { session } = useSession();
  const path = useLocation({ select: (l) => l.pathname });
  useLiveAlarms();
  useFocusBack();
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 208, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding={0}
    >
      <SkipLink />
      <AppShell.Header className={classes.header}>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label="Sections"
              aria-expanded={opened}
            />
            <UnstyledButton component={Link} to="/workflows" className={classes.brand} aria-label="Fermata, workflows">
              <img src="/fermata.svg" alt="" width={26} height={26} />
              <Text fw={700} size="lg">
                Fermata
              </Text>
            </UnstyledButton>
          </Group>
          <Group gap="xs">
            <OpenAlarmsLink />
            <SchemeSwitch />
            <Account />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Sections" component="nav">
        {sections
          .filter((s) => !s.devOnly || session?.dev)
          .map((s) => (
            <NavLink
              key={s.to}
              component={Link}
              to={s.to}
              label={s.label}
              leftSection={<s.icon size={18} aria-hidden />}
              rightSection={s.to === "/alarms" ? <OpenAlarms /> : undefined}
              active={path === s.to || path.startsWith(`${s.to}/`)}
              aria-current={path === s.to ? "page" : undefined}
              onClick={close}
              className={classes.link}
            />
          ))}
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}

function SchemeSwitch() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const dark = colorScheme === "dark" || (colorScheme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={dark ? "Light colours" : "Dark colours"}
      onClick={() => setColorScheme(dark ? "light" : "dark")}
    >
      {dark ? <Sun size={18} aria-hidden /> : <Moon size={18} aria-hidden />}
    </ActionIcon>
  );
}

function Account() {
  const { session } = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = async () => {
    try {
      await signOut();
      client.clear();
      await navigate({ to: "/sign-in" });
    } catch (problem) {
      notifyProblem(problem);
    }
  };
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Signed in as ${session?.person ?? "nobody"}`}>
          <User size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session?.person} · {session?.scopes.join(", ")}
        </Menu.Label>
        <Menu.Item leftSection={<LogOut size={16} aria-hidden />} onClick={leave}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
