import { Alert, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { useMemo, useState } from "react";
import { idempotencyKey, useSession } from "@/api";
import { useChosenContact } from "@/features/contact-chooser";
import { enrollmentKeys } from "@/features/enrollments";
import { eventTypesQuery, readData, sampleData, verdictWords } from "@/features/events";
import { GuardedButton, ProblemAlert } from "@/shared";
import { triggerTypes } from "../rehearse/request";
import type { RunPanelProps } from "../types";
import { type Modes, startTest } from "./queries";
import { TestFields } from "./TestFields";
import { TestRun } from "./TestRun";

/** Runs the draft for one contact as a test, and follows it on the canvas. */
export function TestPanel({ workflow, definition, whenSaved, onOverlay, selected: chosen, onSelect }: RunPanelProps) {
  const { may } = useSession();
  const { contact } = useChosenContact();
  const client = useQueryClient();
  const { data: types } = useQuery({ ...eventTypesQuery, retry: false });
  const [modes, setModes] = useState<Modes>({ waits: "compressed", sends: "sink" });
  const [written, setWritten] = useState<string | null>(null);
  const [selected, setSelected] = useState<string | null>(null);
  const trigger = triggerTypes(definition)[0];
  const keys = types?.items.find((t) => t.type === trigger)?.data;
  const sample = useMemo(() => JSON.stringify(sampleData(keys ?? []), null, 2), [keys]);
  const text = written ?? sample;
  const read = readData(text);
  const test = useMutation({
    mutationFn: async (data: Record<string, unknown>) => {
      // A test runs the draft that the server holds.
      await whenSaved();
      return startTest(workflow, contact?.id ?? "", data, modes, idempotencyKey());
    },
    onSuccess: () => client.invalidateQueries({ queryKey: enrollmentKeys.lists }),
  });
  const item = test.data;
  const why = !may("editor") ? "Needs the scope editor." : contact ? null : "Choose a contact first.";
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        Runs the draft on the screen for one contact.
      </Text>
      <TestFields
        modes={modes}
        onModes={setModes}
        text={text}
        onText={setWritten}
        error={"error" in read ? read.error : undefined}
      />
      <GuardedButton
        leftSection={<FlaskConical size={16} aria-hidden />}
        loading={test.isPending}
        reason={why}
        onClick={() => "data" in read && test.mutate(read.data)}
      >
        {item?.enrollment ? "Test again" : "Start the test"}
      </GuardedButton>
      <ProblemAlert problem={test.error} />
      {item && !item.enrollment && (
        <Alert color="yellow" variant="light" title={item.verdict}>
          {verdictWords(item)}
        </Alert>
      )}
      {item?.enrollment && (
        <TestRun
          key={item.enrollment}
          id={item.enrollment}
          definition={definition}
          onOverlay={onOverlay}
          chosen={chosen}
          onFollow={onSelect}
          selected={selected}
          onSelect={(node) => {
            setSelected(node);
            if (node) onSelect(node);
          }}
        />
      )}
    </Stack>
  );
}
