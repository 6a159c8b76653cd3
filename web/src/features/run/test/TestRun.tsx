import { Alert, Anchor, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { LocateFixed } from "lucide-react";
import { useEffect, useMemo } from "react";
import { useSession } from "@/api";
import type { Overlay } from "@/features/canvas";
import {
  enrollmentKeys,
  enrollmentQuery,
  overlayOf,
  passageOfSteps,
  StepList,
  whereWords,
} from "@/features/enrollments";
import type { Definition } from "@/graph";
import { LiveBadge, localTime, ProblemAlert, useLive } from "@/shared";
import { useFollowing } from "./useFollowing";

type Props = {
  id: string;
  definition: Definition;
  onOverlay: (overlay: Overlay | null) => void;
  /** The step that is selected on the canvas, and how the one where the test stands becomes it. */
  chosen: string | null;
  onFollow: (node: string) => void;
  /** The step that is open in the list. */
  selected: string | null;
  onSelect: (node: string | null) => void;
};

/** A test on its way, live. */
export function TestRun({ id, definition, onOverlay, chosen, onFollow, selected, onSelect }: Props) {
  const { session } = useSession();
  const { data: run, error, isPending } = useQuery(enrollmentQuery(id));
  useLive({ [`enrollment:${id}`]: [enrollmentKeys.one(id)] });
  const passage = useMemo(() => run && passageOfSteps(run.steps ?? []), [run]);
  const active = passage?.active ?? null;
  const { following, follow } = useFollowing(active, chosen, onFollow);
  const overlay = useMemo(() => {
    if (!run || !passage) return null;
    const labels = run.node && run.due_at ? { [run.node]: `until ${localTime(run.due_at, run.timezone)}` } : {};
    return overlayOf(passage, labels);
  }, [run, passage]);
  useEffect(() => onOverlay(overlay), [overlay, onOverlay]);
  useEffect(() => () => onOverlay(null), [onOverlay]);
  const address = run?.contact.email;
  return (
    <Stack gap="sm">
      <ProblemAlert problem={error} />
      {isPending && <Skeleton height={80} />}
      {run && (
        <>
          <Alert color={run.ended_at ? "teal" : "blue"} variant="light" title={run.ended_at ? "Ended" : "On its way"}>
            <Group gap="xs" justify="space-between">
              <Text size="sm">{whereWords(run)}</Text>
              <LiveBadge />
            </Group>
          </Alert>
          <Group gap="md">
            {active !== null && (
              <Button
                size="compact-sm"
                variant={following ? "light" : "default"}
                aria-pressed={following}
                leftSection={<LocateFixed size={14} aria-hidden />}
                onClick={() => follow(!following)}
              >
                {following ? "Following" : "Follow"}
              </Button>
            )}
            <Anchor component={Link} to={`/enrollments/${id}`} size="sm">
              To the enrollment
            </Anchor>
            {session?.dev && address && (
              <Anchor component={Link} to={`/sink?to=${encodeURIComponent(address)}`} size="sm">
                Its mails in the sink
              </Anchor>
            )}
          </Group>
          <StepList
            enrollment={id}
            steps={run.steps ?? []}
            definition={definition}
            zone={run.timezone}
            selected={selected}
            onSelect={onSelect}
          />
        </>
      )}
    </Stack>
  );
}
