import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { Enrollment } from "../filter";
import { type Action, actions, type Details } from "./actions";
import { DetailFields } from "./DetailFields";
import { ResultList } from "./ResultList";
import { useOperate } from "./useOperate";

type Props = {
  action: Action;
  enrollments: readonly Enrollment[];
  ports?: string[];
  onClose: () => void;
};

/** Asks before an action is carried out, carries it out one by one, and shows what the server answers. */
export function OperateDialog({ action, enrollments, ports = [], onClose }: Props) {
  const [details, setDetails] = useState<Details>({});
  // Whom it was asked for: the list behind the dialog may change meanwhile.
  const [whom] = useState(enrollments);
  const { run, stop, running, results } = useOperate();
  const started = running || results.length > 0;
  const { label, does } = actions[action];
  const who = whom.length === 1 ? (whom[0]?.contact.email ?? "this contact") : `${whom.length} enrollments`;
  return (
    <Modal
      opened
      onClose={onClose}
      closeOnClickOutside={!running}
      title={`${label}: ${who}`}
      closeButtonProps={{ "aria-label": "Close" }}
      centered
    >
      <Stack gap="sm">
        <Text size="sm">{does}</Text>
        {!started && <DetailFields action={action} details={details} onChange={setDetails} ports={ports} />}
        {started && <ResultList results={results} total={whom.length} />}
        <Group justify="flex-end">
          {running && whom.length > 1 && (
            <Button variant="default" onClick={stop}>
              Stop
            </Button>
          )}
          {!running && (
            <Button variant="default" onClick={onClose}>
              {started ? "Close" : "Cancel"}
            </Button>
          )}
          {!started && (
            <Button
              color={action === "exit" ? "red" : undefined}
              onClick={() => void run(action, whom, details)}
              data-autofocus
            >
              {label}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
