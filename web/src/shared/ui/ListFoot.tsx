import { Button, Group, Text } from "@mantine/core";

type Props = {
  /** How many stand above, and what they are called: [1, "enrollment", "enrollments"]. */
  shown: number;
  one: string;
  many: string;
  hasMore: boolean;
  loading: boolean;
  onMore: () => void;
};

/** The foot of a list that comes page by page: how many are shown, and the way to the next ones. */
export function ListFoot({ shown, one, many, hasMore, loading, onMore }: Props) {
  return (
    <Group justify="space-between" mt="sm" gap="sm">
      <Text size="sm" c="dimmed" aria-live="polite">
        {shown} {shown === 1 ? one : many} shown{hasMore ? ", there are more" : ""}
      </Text>
      {hasMore && (
        <Button variant="default" size="sm" loading={loading} onClick={onMore}>
          Load more
        </Button>
      )}
    </Group>
  );
}
