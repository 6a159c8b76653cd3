import { Button, Group, Paper, Text } from "@mantine/core";
import { LogOut, Plus, Zap } from "lucide-react";
import { useBuilder, useDefinition } from "../page/context";
import classes from "./Outline.module.css";

/** How people come in, and what ends their enrollment wherever they are. */
export function TopCard() {
  return (
    <Paper withBorder p="sm" radius="md" className={classes.top}>
      <Rules list="triggers" />
      <Rules list="exits" />
    </Paper>
  );
}

const looks = {
  triggers: { title: "Starts when", none: "Nothing starts it yet.", add: "Add trigger", kind: "trigger", Icon: Zap },
  exits: { title: "Ends at once when", none: "No exits.", add: "Add exit", kind: "exit", Icon: LogOut },
} as const;

function Rules({ list }: { list: "triggers" | "exits" }) {
  const { open, ask, summaries, readOnly } = useBuilder();
  const items = useDefinition()[list] ?? [];
  const { title, none, add, kind, Icon } = looks[list];
  return (
    <section aria-label={title}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600}>
          {title}
        </Text>
        {readOnly === null && (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<Plus size={14} aria-hidden />}
            onClick={() => ask({ kind: "rule", list })}
          >
            {add}
          </Button>
        )}
      </Group>
      {items.length === 0 && (
        <Text size="sm" c="dimmed">
          {none}
        </Text>
      )}
      <ul className={classes.rules}>
        {items.map((item) => (
          <li key={item.id}>
            <button
              type="button"
              className={classes.step}
              data-step={`@${kind}/${item.id}`}
              onClick={() => open({ kind, id: item.id })}
            >
              <Icon size={16} aria-hidden />
              <Text span size="sm" truncate>
                {summaries[list][item.id] ?? item.event ?? item.id}
              </Text>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
