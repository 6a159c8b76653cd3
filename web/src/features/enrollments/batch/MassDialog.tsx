import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { ApiProblem } from "@/api";
import { type Job, JobProgress, jobKeys } from "@/features/jobs";
import { GuardedButton, ProblemAlert } from "@/shared";
import { keys } from "../queries";
import type { Preview } from "./batch";
import { PreviewCounts } from "./PreviewCounts";
import { paceWords } from "./words";

type Props = {
  title: string;
  /** What the button does: "Retry". */
  verb: string;
  does: string;
  danger?: boolean;
  /** What else is asked. */
  children?: ReactNode;
  /** What is still to be said before anything can be counted; null: nothing. */
  lacking?: string | null;
  /** Tells one order from another: a new one is counted anew. */
  order: readonly unknown[];
  preview: (signal: AbortSignal) => Promise<Preview>;
  start: (rate: string) => Promise<Job>;
  onClose: () => void;
  /** The job has ended. */
  onEnd?: () => void;
};

/** An order for many: what it would do, at which pace, and then how far it is. */
export function MassDialog({ title, verb, does, danger, children, lacking = null, order, ...on }: Props) {
  const [rate, setRate] = useState("");
  const client = useQueryClient();
  const counted = useQuery({
    queryKey: ["batch", "preview", ...order],
    queryFn: ({ signal }) => on.preview(signal),
    enabled: lacking === null,
    refetchOnWindowFocus: false,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const job = useMutation({
    mutationFn: () => on.start(rate.trim()),
    onSuccess: () => client.invalidateQueries({ queryKey: jobKeys.lists }),
  });
  const ended = () => {
    void client.invalidateQueries({ queryKey: keys.all });
    on.onEnd?.();
  };
  const preview = counted.data;
  const atRate = job.error instanceof ApiProblem ? job.error.at("/rate") : [];
  const nobody = preview?.complete && preview.allowed === 0 ? "There is nobody whom this can be done for." : null;
  const why =
    lacking ?? (counted.isPending ? "It is being counted." : counted.error ? "It could not be counted." : nobody);
  const many = preview?.complete ? preview.allowed.toLocaleString("en") : "all";
  return (
    <Modal opened onClose={on.onClose} title={title} closeOnClickOutside={!job.data} size="lg">
      <Stack gap="sm">
        <Text size="sm">{does}</Text>
        {job.data ? (
          <JobProgress id={job.data.id} nouns="enrollments" label={`Progress of ${verb}`} onEnd={ended} />
        ) : (
          <>
            {children}
            {lacking === null && (
              <PreviewCounts preview={preview} problem={counted.error} onRetry={() => void counted.refetch()} />
            )}
            {preview && preview.allowed > 1 && (
              <TextInput
                label="Pace"
                placeholder="50/1s"
                maw={320}
                value={rate}
                description={paceWords(preview.allowed, rate)}
                error={atRate.map((e) => `${e.message}${e.hint ? `: ${e.hint}` : ""}`).join(". ") || undefined}
                onChange={(e) => setRate(e.currentTarget.value)}
              />
            )}
            {atRate.length === 0 && <ProblemAlert problem={job.error} />}
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={on.onClose}>
            {job.data ? "Close" : "Cancel"}
          </Button>
          {!job.data && (
            <GuardedButton
              color={danger ? "red" : undefined}
              reason={why}
              loading={job.isPending}
              onClick={() => job.mutate()}
              data-autofocus
            >
              {why === null ? `${verb} ${many}` : verb}
            </GuardedButton>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
