import { Button, Group, Modal, ScrollArea, Skeleton, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Selection } from "@/graph";
import { ProblemAlert } from "@/shared";
import { useBuilder, useDefinition } from "../page/context";
import { type PublishChoice, publish, workflowKey } from "../queries";
import { Published } from "./Published";
import { PublishPreview } from "./PublishPreview";

/** Shows what publishing would do, asks what becomes of the people inside, and publishes. */
export function PublishDialog({ onClose }: { onClose: () => void }) {
  const { workflow, flush, open, revalidate } = useBuilder();
  const definition = useDefinition();
  const client = useQueryClient();
  const [inFlight, setInFlight] = useState<PublishChoice["in_flight"]>("stay");
  const preview = useQuery({
    queryKey: [...workflowKey(workflow.key), "publish", definition, inFlight],
    queryFn: async () => {
      await flush();
      return publish(workflow.key, { in_flight: inFlight }, { dryRun: true });
    },
    gcTime: 0,
    retry: false,
    placeholderData: (before) => before,
  });
  const action = useMutation({
    mutationFn: async () => {
      await flush();
      return publish(workflow.key, { in_flight: inFlight }, { dryRun: false });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: workflowKey(workflow.key) }),
  });
  const fixed = async () => {
    await Promise.all([revalidate(), preview.refetch()]);
  };
  const go = (target: Selection) => {
    onClose();
    open(target, "first empty");
  };
  const stopped = preview.data?.problems.some((p) => p.severity === "error") ?? true;
  const same = preview.data?.changed === false;
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Publish “${workflow.name}”`}
      size="xl"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {action.data ? (
        <Published result={action.data} onClose={onClose} />
      ) : (
        <Stack gap="md">
          <ScrollArea.Autosize mah="62vh" type="auto">
            <ProblemAlert problem={preview.error} retry={() => void preview.refetch()} />
            {preview.isPending && <Skeleton height={180} />}
            {preview.data && (
              <PublishPreview
                result={preview.data}
                inFlight={inFlight}
                onInFlight={setInFlight}
                onOpen={go}
                onFixed={fixed}
              />
            )}
          </ScrollArea.Autosize>
          <ProblemAlert problem={action.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              loading={action.isPending}
              disabled={stopped || same || preview.isError || preview.isPlaceholderData}
              onClick={() => action.mutate()}
            >
              {preview.data && !same ? `Publish version ${preview.data.version}` : "Publish"}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
