import { Anchor, Box, Breadcrumbs, Group, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import classes from "./Page.module.css";

type Props = {
  title: string;
  description?: ReactNode;
  /** Where this page stands, from the outside in; the page itself is not named. */
  crumbs?: { to: string; label: string }[];
  actions?: ReactNode;
  /** Uses the whole width, for tables and boards. */
  wide?: boolean;
  children: ReactNode;
};

/** A page with its heading. It names itself in the window's title. */
export function Page({ title, description, crumbs, actions, wide, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Fermata`;
  }, [title]);
  return (
    <Box className={classes.page} data-wide={wide || undefined}>
      {crumbs && crumbs.length > 0 && (
        <Breadcrumbs mb={4} aria-label="Breadcrumb">
          {crumbs.map((c) => (
            <Anchor key={c.to} component={Link} to={c.to} size="sm">
              {c.label}
            </Anchor>
          ))}
        </Breadcrumbs>
      )}
      <Group justify="space-between" align="flex-start" mb="lg" gap="sm">
        <Box>
          <Title order={1} size="h2">
            {title}
          </Title>
          {description && (
            <Text c="dimmed" mt={4} maw={720}>
              {description}
            </Text>
          )}
        </Box>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Box>
  );
}
