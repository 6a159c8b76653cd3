import { ActionIcon, Button, Group, Popover, ScrollArea, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { ChevronDown, CircleAlert, CircleCheck } from "lucide-react";
import type { Selection } from "@/graph";
import { ProblemList } from "../page/parts";
import { chipWords, nextPlace, type Place } from "./places";

type Props = {
  places: readonly Place[];
  /** Name of the target that is open. */
  open: string | null;
  onOpen: (target: Selection) => void;
  onFixed: () => Promise<void> | void;
};

/** How much is left before it can be published; each press leads to the next place. */
export function ProblemsChip({ places, open, onOpen, onFixed }: Props) {
  const [listed, list] = useDisclosure();
  const words = chipWords(places);
  const warnings = places.reduce((n, p) => n + p.problems.length - p.errors, 0);
  const next = nextPlace(places, open);
  const go = (target: Selection) => {
    list.close();
    onOpen(target);
  };
  if (places.length === 0) {
    return (
      <Group gap={4} wrap="nowrap">
        <CircleCheck size={16} color="var(--mantine-color-teal-text)" aria-hidden />
        <Text size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
          Nothing to finish
        </Text>
      </Group>
    );
  }
  return (
    <Button.Group>
      {words && (
        <Button
          size="compact-sm"
          h={28}
          color="red"
          variant="light"
          leftSection={<CircleAlert size={14} aria-hidden />}
          onClick={() => next && onOpen(next.target)}
        >
          {words}
        </Button>
      )}
      <Popover
        opened={listed}
        onChange={(o) => !o && list.close()}
        width={380}
        position="bottom-end"
        shadow="md"
        trapFocus
        returnFocus
      >
        <Popover.Target>
          {words ? (
            <ActionIcon h={28} w={28} color="red" variant="light" aria-label="All problems" onClick={list.toggle}>
              <ChevronDown size={16} aria-hidden />
            </ActionIcon>
          ) : (
            <Button size="compact-sm" h={28} color="yellow" variant="light" onClick={list.toggle}>
              {warnings === 1 ? "1 warning" : `${warnings} warnings`}
            </Button>
          )}
        </Popover.Target>
        <Popover.Dropdown aria-label="Problems" p="sm" maw="92vw">
          <ScrollArea.Autosize mah="60vh" type="auto">
            <ProblemList places={places} onOpen={go} onFixed={onFixed} />
          </ScrollArea.Autosize>
        </Popover.Dropdown>
      </Popover>
    </Button.Group>
  );
}
