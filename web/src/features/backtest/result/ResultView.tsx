import { Anchor, Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Fold } from "@/shared";
import type { Backtest, Result } from "../queries";
import { actualWords, counted, endWords, entryWords, number } from "../words";
import { Bars } from "./Bars";
import { KeptOut } from "./KeptOut";
import { Samples } from "./Samples";

type Props = { backtest: Backtest; result: Result; name: (node: string) => string };

/** What would have happened. */
export function ResultView({ backtest, result, name }: Props) {
  const { sends, overlaps } = result;
  return (
    <Stack>
      <Paper withBorder p="md" role="group" aria-label="Who would have entered">
        <Title order={2} size="h4">
          {entryWords(backtest, result)}
        </Title>
        <Text size="sm" mt={4}>
          {counted(result.events, "event")} of {counted(result.contacts, "contact")} met it.{" "}
          {actualWords(result.actual)}
        </Text>
      </Paper>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Bars
          title="Mails a day"
          empty="No mail would have left."
          note={sends.total > 0 && mailWords(sends)}
          rows={sends.by_day}
        />
        <Bars
          title="How it ended"
          empty="Nobody entered."
          rows={result.ends.map((e) => ({ name: endWords(e), count: e.count }))}
        />
        {result.branches.map((branch) => (
          <Bars
            key={branch.node}
            title={name(branch.node)}
            empty="Nobody came here."
            rows={branch.ports.map((p) => ({ name: p.port, count: p.count, share: p.share }))}
          />
        ))}
        {sends.by_node.length > 1 && (
          <Bars title="Mails by step" empty="" rows={sends.by_node.map((n) => ({ ...n, name: name(n.name) }))} />
        )}
        {result.inside.length > 0 && (
          <Bars
            title="Still inside at the end"
            empty=""
            rows={result.inside.map((n) => ({ ...n, name: name(n.name) }))}
          />
        )}
        {result.effects.length > 0 && (
          <Bars
            title="What else would have been done"
            empty=""
            rows={result.effects.map((e) => ({ ...e, name: e.name.replaceAll("_", " ") }))}
          />
        )}
      </SimpleGrid>
      <Overlaps overlaps={overlaps} />
      <KeptOut refused={result.refused} rules={result.rules} />
      <Samples samples={result.samples} name={name} />
      <Fold label="What was assumed">
        <ul>
          {result.notes.map((note) => (
            <li key={note}>
              <Text size="sm">{note}</Text>
            </li>
          ))}
        </ul>
      </Fold>
    </Stack>
  );
}

function mailWords({ total, suppressed, by_day }: Result["sends"]): string {
  const most = by_day.reduce((max, day) => Math.max(max, day.count), 0);
  const held = suppressed > 0 ? `; ${number(suppressed)} more held back, not subscribed now` : "";
  return `${counted(total, "mail")} in all, at most ${number(most)} on a day${held}`;
}

function Overlaps({ overlaps }: { overlaps: Result["overlaps"] }) {
  return (
    <section aria-label="Overlaps">
      <Title order={3} size="h5" mb="xs">
        In other workflows at the same time
      </Title>
      {overlaps.length === 0 ? (
        <Text size="sm">Nobody was in another workflow meanwhile.</Text>
      ) : (
        <ul>
          {overlaps.map((o) => (
            <li key={o.workflow}>
              <Text size="sm" component="span">
                {counted(o.count, "enrollment")} beside{" "}
                <Anchor component={Link} to={`/workflows/${encodeURIComponent(o.workflow)}`} inherit>
                  {o.workflow}
                </Anchor>
                , such as {o.samples.map((s) => s.email ?? s.id).join(", ")}
              </Text>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
