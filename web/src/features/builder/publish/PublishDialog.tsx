import { Button, Group, Modal, ScrollArea, Skeleton, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Selection } from "@/graph";
import { ProblemAlert } from "@/shared";
import { useBuilder, useDefinition } from "../page/context";
import { type Flight, publish, workflowKey } from "../queries";
import { asked, atFirst, undecided } from "./flight";
import { Published } from "./Published";
import { PublishPreview } from "./PublishPreview";

/** Shows what publishing would do, asks what becomes of the people inside, and publishes. */
export function PublishDialog({ onClose }: { onClose: () => void }) {
  const { workflow, flush, open, revalidate } = useBuilder();
  const definition = useDefinition();
  const client = useQueryClient();
  const [flight, setFlight] = useState<Flight>(atFirst);
  const change = (to: Partial<Flight>) => setFlight((now) => ({ ...now, ...to }));
  const action = useMutation({
    mutationFn: async () => {
      await flush();
      return publish(workflow.key, asked(flight), { dryRun: false });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: workflowKey(workflow.key) }),
  });
  const preview = useQuery({
    queryKey: [...workflowKey(workflow.key), "publish", definition, flight],
    queryFn: async () => {
      await flush();
      return publish(workflow.key, asked(flight), { dryRun: true });
    },
    // What has been published is no question any more.
    enabled: action.isIdle || action.isError,
    gcTime: 0,
    retry: false,
    placeholderData: (before) => before,
  });
  const fixed = async () => {
    await Promise.all([revalidate(), preview.refetch()]);
  };
  const go = (target: Selection) => {
    onClose();
    open(target, "first empty");
  };
  const stopped = preview.data?.problems.some((p) => p.severity === "error") ?? true;
  const waitsFor = preview.data ? undecided(preview.data, flight) : null;
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
          <ScrollArea.Autosize mah="62vh" type="auto" offsetScrollbars="present">
            <ProblemAlert problem={preview.error} retry={() => void preview.refetch()} />
            {preview.isPending && <Skeleton height={180} />}
            {preview.data && (
              <PublishPreview
                result={preview.data}
                flight={flight}
                onFlight={change}
                isOld={preview.isPlaceholderData}
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
              disabled={stopped || same || preview.isError || preview.isPlaceholderData || waitsFor !== null}
              title={waitsFor ?? undefined}
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
