import { Anchor, List, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Change } from "./queries";
import { changeLink, sentence } from "./words";

/** What was changed shortly before, the likeliest first, each with the way there. */
export function ChangesNearby({ changes }: { changes: readonly Change[] }) {
  if (changes.length === 0) {
    return <Text size="sm">Nothing that concerns it was changed in the day before.</Text>;
  }
  return (
    <Stack gap={4} role="group" aria-label="Changed nearby">
      <Text size="sm" fw={600}>
        Changed nearby
      </Text>
      <List size="sm" spacing={4} listStyleType="disc">
        {changes.map((change) => (
          <List.Item key={`${change.at} ${change.action} ${change.subject}`}>
            <OneChange change={change} />
          </List.Item>
        ))}
      </List>
    </Stack>
  );
}

function OneChange({ change }: { change: Change }) {
  const to = changeLink(change);
  const words = sentence(change.words);
  if (to === null) return <>{words}</>;
  return (
    <Anchor component={Link} to={to} size="sm" underline="always">
      {words}
    </Anchor>
  );
}
