import { Alert, Anchor, Button, Group, JsonInput, Modal, Select, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { idempotencyKey } from "@/api";
import { readData, verdictWords } from "@/features/events";
import { NothingFound, ProblemAlert, SeenValues } from "@/shared";
import { type Contact, enrollByHand, keys, workflowsToChooseQuery } from "./queries";

/** Enrolls a contact by hand in a published workflow; the rules of entry hold, and the verdict says so. */
export function EnrollDialog({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const { data: workflows = [] } = useQuery(workflowsToChooseQuery);
  const [workflow, setWorkflow] = useState<string | null>(null);
  const [text, setText] = useState("{}");
  const [key] = useState(idempotencyKey);
  const client = useQueryClient();
  const read = readData(text);
  const enroll = useMutation({
    mutationFn: (data: Record<string, unknown>) => enrollByHand(contact.id, workflow ?? "", data, key),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.enrollments(contact.id) }),
  });
  const item = enroll.data;
  return (
    <Modal opened onClose={onClose} title="Enroll by hand" closeButtonProps={{ "aria-label": "Close" }}>
      <Stack gap="sm">
        {item ? (
          <>
            <Alert color={item.enrollment ? "teal" : "yellow"} variant="light" title={item.verdict} role="status">
              {verdictWords(item)}
              <SeenValues values={item.values ?? []} />
            </Alert>
            {item.enrollment && (
              <Anchor component={Link} to={`/enrollments/${item.enrollment}`} size="sm">
                To the enrollment
              </Anchor>
            )}
          </>
        ) : (
          <>
            <Select
              label="Workflow"
              data={workflows.filter((w) => w.published).map(({ value, label }) => ({ value, label }))}
              searchable
              value={workflow}
              onChange={setWorkflow}
              data-autofocus
              nothingFoundMessage={<NothingFound>No published workflow</NothingFound>}
            />
            <JsonInput
              label="Data"
              description="What texts and conditions read as trigger."
              autosize
              minRows={3}
              value={text}
              onChange={setText}
              error={"error" in read ? read.error : undefined}
            />
            <ProblemAlert problem={enroll.error} />
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {item ? "Done" : "Cancel"}
          </Button>
          {!item && (
            <Button
              disabled={!workflow || "error" in read}
              loading={enroll.isPending}
              onClick={() => "data" in read && enroll.mutate(read.data)}
            >
              Enroll
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
