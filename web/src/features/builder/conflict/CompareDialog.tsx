import { Button, Group, Modal, ScrollArea, Stack, Text } from "@mantine/core";
import type { Definition } from "@/graph";
import { ChangeList } from "../diff/ChangeList";
import { useBuilder, useDefinition } from "../page/context";

type Props = { theirs: Definition; onChoose: (keep: "mine" | "theirs") => void; onClose: () => void };

/** Shows what differs between the saved draft and what is on the screen, and asks which one to keep. */
export function CompareDialog({ theirs, onChoose, onClose }: Props) {
  const { specs } = useBuilder();
  const mine = useDefinition();
  const choose = (keep: "mine" | "theirs") => {
    onChoose(keep);
    onClose();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title="Which draft do you want to keep?"
      size="xl"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          This is what your changes would make of the draft as it was saved elsewhere.
        </Text>
        <ScrollArea.Autosize mah="55vh" type="auto">
          <ChangeList from={theirs} to={mine} specs={specs} names={{ from: "the saved draft", to: "your draft" }} />
        </ScrollArea.Autosize>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Decide later
          </Button>
          <Button variant="default" onClick={() => choose("theirs")}>
            Take the saved draft
          </Button>
          <Button color="red" onClick={() => choose("mine")}>
            Keep mine and overwrite
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
