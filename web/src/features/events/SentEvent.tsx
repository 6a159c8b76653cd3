import { Alert, Button, Group, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { ProblemAlert, useLive } from "@/shared";
import { Verdicts } from "./EventItem";
import { eventQuery, keys } from "./queries";

/** An event that was accepted, with its verdicts as they come. */
export function SentEvent({ id, onAgain, onClose }: { id: string; onAgain: () => void; onClose: () => void }) {
  const { data, error, isPending } = useQuery(eventQuery(id));
  useLive({ events: [keys.one(id)] });
  return (
    <Stack gap="sm">
      <Alert color="teal" variant="light" icon={<Check aria-hidden />} title="Accepted, and it will not be lost">
        What the workflows make of it appears here.
      </Alert>
      {isPending && <Skeleton height={60} />}
      {error && <ProblemAlert problem={error} />}
      <Stack gap="sm" aria-live="polite">
        {data && <Verdicts event={data} />}
      </Stack>
      <Group justify="flex-end">
        <Button variant="default" onClick={onAgain}>
          Send another
        </Button>
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}
