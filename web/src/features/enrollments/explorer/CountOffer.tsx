import { Group, Paper, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSession } from "@/api";
import { GuardedButton } from "@/shared";
import { previewBatch } from "../batch/batch";
import type { Filter } from "../filter";

/** How many an order for a filter would be for, as the server counts them; "…" until it has. */
export function useMany(filter: Filter): string {
  const { may } = useSession();
  const { data } = useQuery({
    queryKey: ["batch", "count", filter],
    queryFn: ({ signal }) => previewBatch({ action: "exit", filter }, signal),
    enabled: may("publisher"),
    gcTime: 0,
  });
  return data ? data.matched.toLocaleString("en") : "…";
}

/** Offers everybody whom a figure counts, also those who are not shown yet. */
export function CountOffer({ filter, onAll }: { filter: Filter; onAll: () => void }) {
  const { lacks } = useSession();
  const reason = lacks("publisher");
  const many = useMany(filter);
  return (
    <Paper withBorder p="xs" mb="sm" role="region" aria-label="Of a figure">
      <Group gap="xs">
        <Text size="sm">These are the enrollments that a figure counts.</Text>
        <GuardedButton size="xs" variant="light" reason={reason} onClick={onAll}>
          {reason ? "Select all of this count" : `Select all ${many} of this count`}
        </GuardedButton>
      </Group>
    </Paper>
  );
}
