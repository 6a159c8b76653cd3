import { Button, Group, Modal, ScrollArea, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { readDefinition } from "@/graph";
import { ProblemAlert } from "@/shared";
import { useBuilder } from "../page/context";
import { type Flight, rollback, versionQuery, workflowKey } from "../queries";
import { asked, atFirst, undecided } from "./flight";
import { PeopleInside } from "./PeopleInside";
import { Published } from "./Published";
import { usePublished } from "./usePublished";
import { WhatChanges } from "./WhatChanges";

/** Publishes the content of an earlier version under a new number. */
export function RollbackDialog({ version, onClose }: { version: number; onClose: () => void }) {
  const { workflow } = useBuilder();
  const client = useQueryClient();
  const [flight, setFlight] = useState<Flight>(atFirst);
  const change = (to: Partial<Flight>) => setFlight((now) => ({ ...now, ...to }));
  const from = usePublished();
  const old = useQuery(versionQuery(workflow.key, version));
  const action = useMutation({
    mutationFn: () => rollback(workflow.key, version, asked(flight), false),
    onSuccess: () => client.invalidateQueries({ queryKey: workflowKey(workflow.key) }),
  });
  const preview = useQuery({
    queryKey: [...workflowKey(workflow.key), "rollback", version, flight],
    queryFn: () => rollback(workflow.key, version, asked(flight), true),
    // What has been published is no question any more.
    enabled: action.isIdle || action.isError,
    gcTime: 0,
    retry: false,
    placeholderData: (before) => before,
  });
  const read = old.data && readDefinition(old.data.definition);
  const waitsFor = preview.data ? undecided(preview.data, flight) : null;
  const problems = (preview.data?.problems ?? []).filter((p) => p.severity === "error");
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Publish version ${version} again`}
      size="xl"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {action.data ? (
        <Published result={action.data} onClose={onClose} />
      ) : (
        <Stack gap="md">
          <Text size="sm">Its content becomes a new version. Your draft stays as it is.</Text>
          <ScrollArea.Autosize mah="55vh" type="auto">
            <Stack gap="lg">
              <section aria-label="Changes">
                <Title order={3} size="h5" mb="xs">
                  What changes
                </Title>
                {read && "definition" in read && (
                  <WhatChanges version={workflow.version} to={read.definition} name={`version ${version}`} />
                )}
              </section>
              {preview.isPending && <Skeleton height={80} />}
              {preview.data?.changed && read && "definition" in read && (
                <PeopleInside
                  result={preview.data}
                  flight={flight}
                  onFlight={change}
                  from={from}
                  to={read.definition}
                  isOld={preview.isPlaceholderData}
                />
              )}
              {problems.map((p) => (
                <Text key={`${p.path} ${p.message}`} size="sm" c="red">
                  {p.message}
                </Text>
              ))}
            </Stack>
          </ScrollArea.Autosize>
          <ProblemAlert problem={old.error ?? preview.error ?? action.error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              loading={action.isPending}
              disabled={!preview.data?.changed || problems.length > 0 || preview.isPlaceholderData || waitsFor !== null}
              title={waitsFor ?? undefined}
              onClick={() => action.mutate()}
            >
              Publish again
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
