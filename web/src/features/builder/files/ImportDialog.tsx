import { Alert, Button, FileInput, Group, Modal, Stack, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { type Definition, readDefinition } from "@/graph";
import { ProblemAlert } from "@/shared";
import { useBuilder } from "../page/context";
import { importYaml } from "./importYaml";

/** Replaces what is on the screen by a definition from a file, as one edit that can be taken back. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { workflow, actions, flush } = useBuilder();
  const [text, setText] = useState("");
  const reading = useMutation({
    mutationFn: async () => {
      await flush();
      return importYaml(workflow.key, text);
    },
    onSuccess: (raw) => {
      const read = readDefinition(raw);
      if ("undrawable" in read) return;
      actions.change((): Definition => ({ ...read.definition, key: workflow.key }), "Replace by a file");
      onClose();
    },
  });
  const undrawable = reading.data ? readDefinition(reading.data) : null;
  return (
    <Modal
      opened
      onClose={onClose}
      title="Replace the draft by a file"
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Stack gap="md">
        <FileInput
          label="File"
          placeholder="A definition as YAML or JSON"
          accept=".yaml,.yml,.json,application/yaml,application/json"
          onChange={async (file) => setText((await file?.text()) ?? "")}
        />
        <Textarea
          label="Definition"
          description="Its key becomes that of this workflow. You can take it back with Undo."
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          rows={12}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        />
        <ProblemAlert problem={reading.error} />
        {undrawable && "undrawable" in undrawable && (
          <Alert color="red" title="This cannot be drawn">
            {undrawable.undrawable.message}
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button disabled={text.trim() === ""} loading={reading.isPending} onClick={() => reading.mutate()}>
            Replace
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
