import { Button, Skeleton, Stack } from "@mantine/core";
import { ProblemAlert } from "@/shared";
import { ItemRow } from "./ItemRow";
import { type Failure, useFailureItems } from "./queries";

/** Whom a group hit, newest first, with what the other side said to each. */
export function Items({ failure }: { failure: Failure }) {
  const list = useFailureItems(failure);
  if (list.isPending) return <Skeleton height={120} />;
  if (list.error) return <ProblemAlert problem={list.error} retry={() => void list.refetch()} />;
  return (
    <Stack gap="xs" component="ul" p={0} m={0} aria-label="Whom it hit" style={{ listStyle: "none" }}>
      {list.items.map((item) => (
        <ItemRow key={`${item.enrollment?.id ?? item.contact.id} ${item.node} ${item.visit}`} item={item} />
      ))}
      {list.hasNextPage && (
        <li>
          <Button
            size="xs"
            variant="default"
            loading={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
          >
            Show more
          </Button>
        </li>
      )}
    </Stack>
  );
}
