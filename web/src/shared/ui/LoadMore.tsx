import { Button, Center } from "@mantine/core";

type Source = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };

/** The way to the next page of a list; nothing at its end. */
export function LoadMore({ of }: { of: Source }) {
  if (!of.hasNextPage) return null;
  return (
    <Center mt="md">
      <Button variant="default" loading={of.isFetchingNextPage} onClick={() => void of.fetchNextPage()}>
        Load more
      </Button>
    </Center>
  );
}
