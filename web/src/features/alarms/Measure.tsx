import { SimpleGrid, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type Alarm, alarmSettingsQuery } from "./queries";
import { limitWords, sentence, valueWords } from "./words";

/** What was measured, beside the limit that is set. */
export function Measure({ alarm }: { alarm: Alarm }) {
  const { data } = useQuery(alarmSettingsQuery(alarm.workflow));
  const value = valueWords(alarm);
  if (value === null) return null;
  return (
    <SimpleGrid component="dl" cols={{ base: 1, sm: 2 }} spacing="xs" m={0}>
      <Pair term="Measured" words={value} />
      {data && <Pair term="Alarm from" words={limitWords(alarm, data.settings)} />}
    </SimpleGrid>
  );
}

function Pair({ term, words }: { term: string; words: string }) {
  return (
    <div>
      <Text component="dt" size="sm" c="dimmed">
        {term}
      </Text>
      <Text component="dd" size="sm" m={0}>
        {sentence(words)}
      </Text>
    </div>
  );
}
