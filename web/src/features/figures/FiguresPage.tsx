import { Button, Group, Skeleton, Stack, Tabs, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { Download, Network } from "lucide-react";
import { Page, ProblemAlert } from "@/shared";
import { type Asked, dayIn, spanOfDays } from "./days";
import { DayChart } from "./parts/DayChart";
import { DayTable } from "./parts/DayTable";
import { DropOff } from "./parts/DropOff";
import { Impact } from "./parts/Impact";
import { RangeFields } from "./parts/RangeFields";
import { StepTable } from "./parts/StepTable";
import { type Side, sidesOf } from "./parts/sides";
import { Totals } from "./parts/Totals";
import { VersionFields } from "./parts/VersionFields";
import { VersionTable } from "./parts/VersionTable";
import { csvAddress, headQuery } from "./queries";
import { type FiguresSearch, type Range, type Tab, tabs } from "./search";
import { useAsked, useFigures } from "./useFigures";

const route = getRouteApi("/inside/workflows/$key/figures");

const names: Record<Tab, string> = { total: "In total", steps: "By step", days: "By day", versions: "By version" };

/** The dashboard of one workflow: whether it works, for any days and version. */
export function FiguresPage() {
  const { key } = route.useParams();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data: head } = useQuery(headQuery(key));
  const asked = useAsked(search);
  const { first, second } = useFigures(key, asked, search.version, search.compare);
  const go = (change: Partial<FiguresSearch>) =>
    void navigate({ search: (before: FiguresSearch) => ({ ...before, ...change }), replace: true, resetScroll: false });
  const setRange = ({ range, from, to }: Range) => go({ range, from, to });
  const sides = sidesOf(first.data, second?.data);
  const shown = first.data && {
    from: dayIn(first.data.timezone, Date.parse(first.data.from)),
    to: dayIn(first.data.timezone, Date.parse(first.data.to) - 1),
  };
  const name = head?.name ?? key;
  return (
    <Page
      title={`Dashboard of ${name}`}
      crumbs={[
        { to: "/workflows", label: "Workflows" },
        { to: `/workflows/${key}`, label: name },
      ]}
      actions={
        <>
          <Button
            variant="default"
            leftSection={<Network size={16} aria-hidden />}
            renderRoot={(props) => <Link to="/workflows/$key" params={{ key }} search={canvasOf(search)} {...props} />}
          >
            On the canvas
          </Button>
          {asked && (
            <Button
              component="a"
              href={csvAddress(key, asked, search.version)}
              download
              variant="default"
              leftSection={<Download size={16} aria-hidden />}
            >
              CSV
            </Button>
          )}
        </>
      }
      wide
    >
      <Group gap="xs" align="flex-end" mb="md" role="search" aria-label="What is counted">
        <RangeFields range={search} shown={shown} onChange={setRange} />
        <VersionFields newest={head?.version ?? null} version={search.version} compare={search.compare} onChange={go} />
      </Group>
      {first.error && <ProblemAlert problem={first.error} retry={() => void first.refetch()} />}
      {second?.error && <ProblemAlert problem={second.error} retry={() => void second.refetch()} />}
      {!first.data && !first.error && <Skeleton height={320} />}
      {first.data && (
        <Figures
          sides={sides}
          asked={asked}
          newest={head?.version ?? null}
          tab={search.tab ?? "total"}
          onTab={(tab) => go({ tab })}
        />
      )}
    </Page>
  );
}

/** The same figures over the drawing. */
const canvasOf = ({ range, from, to, version }: FiguresSearch) =>
  ({ range, from, to, version, figures: true, view: "canvas" }) as const;

type Props = {
  sides: readonly Side[];
  asked: Asked | undefined;
  newest: number | null;
  tab: Tab;
  onTab: (tab: Exclude<Tab, "total"> | undefined) => void;
};

function Figures({ sides, asked, newest, tab, onTab }: Props) {
  const one = sides[0]?.data;
  if (!one) return null;
  const choose = (value: string | null) => {
    const next = tabs.find((t) => t === value);
    onTab(next === "total" ? undefined : next);
  };
  return (
    <>
      <Text size="sm" c="dimmed" mb="sm">
        Those who started {spanOfDays(one)} ({one.timezone}), tests left out.
      </Text>
      <Tabs value={tab} onChange={choose} keepMounted={false}>
        <Tabs.List mb="md" aria-label="Figures">
          {tabs.map((t) => (
            <Tabs.Tab key={t} value={t}>
              {names[t]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="total">
          <Stack gap="lg">
            <DropOff sides={sides} />
            <Impact sides={sides} />
            <Totals sides={sides} />
            <DayChart sides={sides} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="steps">
          <StepTable sides={sides} newest={newest} />
        </Tabs.Panel>
        <Tabs.Panel value="days">
          <Stack gap="md">
            <DayChart sides={sides} />
            <DayTable sides={sides} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="versions">
          <VersionTable workflow={one.workflow} asked={asked} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
