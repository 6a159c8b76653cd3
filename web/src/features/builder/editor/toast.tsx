import { Button, Group, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { DraftStore } from "@/graph";

/** Says what was done, with a way back that stands until something else is done. */
export function sayWithUndo(store: DraftStore, words: string) {
  const { definition } = store.getState();
  const id = notifications.show({
    message: (
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm">{words}</Text>
        <Button
          size="compact-sm"
          variant="light"
          onClick={() => {
            if (store.getState().definition === definition) store.getState().undo();
            notifications.hide(id);
          }}
        >
          Undo
        </Button>
      </Group>
    ),
    autoClose: 10_000,
    onClose: () => off(),
  });
  const off = store.subscribe((draft) => {
    if (draft.definition !== definition) notifications.hide(id);
  });
}
