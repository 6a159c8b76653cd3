import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { GuardedButton, ProblemAlert } from "@/shared";
import type { Enrollment } from "../filter";
import { keys } from "../queries";
import { type Action, actions, type Details, lacking, operate } from "./actions";
import { DetailFields } from "./DetailFields";

type Props = { action: Action; enrollment: Enrollment; ports?: string[]; onClose: () => void };

/** Asks before an action is carried out for one enrollment, and shows what the server answers. */
export function OperateDialog({ action, enrollment, ports = [], onClose }: Props) {
  const [details, setDetails] = useState<Details>({});
  const client = useQueryClient();
  const run = useMutation({
    mutationFn: () => operate(action, enrollment.id, details),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.all }),
  });
  const { label, does } = actions[action];
  const who = enrollment.contact.email ?? "this contact";
  const { workflow, version } = enrollment;
  const scope = { workflow, chooseVersion: true, ...(version ? { version } : {}) };
  return (
    <Modal opened onClose={onClose} title={`${label}: ${who}`} closeButtonProps={{ "aria-label": "Close" }} centered>
      <Stack gap="sm">
        <Text size="sm">{does}</Text>
        {!run.data && (
          <DetailFields action={action} details={details} onChange={setDetails} ports={ports} scope={scope} />
        )}
        <ProblemAlert problem={run.error} />
        {run.data && (
          <Text size="sm" role="status">
            {who}: now {run.data.status}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {run.data ? "Close" : "Cancel"}
          </Button>
          {!run.data && (
            <GuardedButton
              color={action === "exit" ? "red" : undefined}
              reason={lacking(action, details)}
              loading={run.isPending}
              onClick={() => run.mutate()}
              data-autofocus
            >
              {label}
            </GuardedButton>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
