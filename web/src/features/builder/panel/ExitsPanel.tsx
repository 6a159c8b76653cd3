import { Button, Stack, Text } from "@mantine/core";
import { LogOut, Plus } from "lucide-react";
import { useBuilder, useDefinition } from "../page/context";
import classes from "./SidePanel.module.css";

/** The exits in their order; the first that fits wins. */
export function ExitsPanel() {
  const { open, ask, summaries, readOnly } = useBuilder();
  const exits = useDefinition().exits ?? [];
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        An exit ends an enrollment at once, wherever it is. Of several that fit, the first in this list wins.
      </Text>
      <ul className={classes.exits}>
        {exits.map((exit) => (
          <li key={exit.id}>
            <Button
              variant="default"
              fullWidth
              justify="start"
              leftSection={<LogOut size={16} aria-hidden />}
              onClick={() => open({ kind: "exit", id: exit.id })}
            >
              {summaries.exits[exit.id] ?? exit.event ?? exit.id}
            </Button>
          </li>
        ))}
      </ul>
      {readOnly === null && (
        <Button
          variant="light"
          leftSection={<Plus size={16} aria-hidden />}
          onClick={() => ask({ kind: "rule", list: "exits" })}
        >
          Add exit
        </Button>
      )}
    </Stack>
  );
}
