import { Skeleton, Text } from "@mantine/core";
import type { Schemas } from "@/api";
import { ProblemAlert } from "@/shared";

type Props = { people: Schemas["People"] | undefined; problem: unknown };

/** Whom it is about, as the server counts them now. */
export function PeopleCounts({ people, problem }: Props) {
  if (problem) return <ProblemAlert problem={problem} />;
  if (!people) return <Skeleton height={20} role="status" aria-label="Counting" />;
  const parts = [
    [people.running, "between two steps"],
    [people.waiting, "waiting"],
    [people.overdue, "with a step that is due"],
    [people.held, "held for a person"],
  ] as const;
  const inside = parts.filter(([n]) => n > 0).map(([n, words]) => `${n.toLocaleString("en")} ${words}`);
  return <Text size="sm">{inside.length > 0 ? `Inside now: ${inside.join(", ")}.` : "Nobody is inside now."}</Text>;
}
