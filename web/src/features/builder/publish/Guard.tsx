import { Alert, Radio, Stack, Text, TextInput } from "@mantine/core";
import { Hourglass } from "lucide-react";
import { useState } from "react";
import { Instant } from "@/shared";
import type { InsideProps } from "./PeopleInside";

const usual = "100/1h";

/** Says who would go on at once, and asks at which pace; many at once need an answer. */
export function Guard({ result, flight, onFlight }: InsideProps) {
  const [pace, setPace] = useState<string | null>(null);
  const leaving = result.leaving;
  if (!leaving || leaving.count === 0) return null;
  const proposed = pace ?? (leaving.spread || usual);
  const choice = flight.spread === "none" ? "none" : flight.spread ? "spread" : leaving.decide ? null : "spread";
  const many = leaving.count === 1 ? "1 person would" : `${leaving.count.toLocaleString("en")} people would`;
  const take = (text: string) => {
    setPace(text);
    if (/^[1-9]\d*\/\d+[smhdw]$/.test(text.trim())) onFlight({ spread: text.trim() });
  };
  return (
    <Alert
      color="orange"
      variant="light"
      icon={<Hourglass size={18} aria-hidden />}
      title={`${many} go on at once`}
      role="group"
    >
      <Stack gap="xs">
        <Text size="sm">
          Their wait is over by the new version.
          {leaving.decide && ` Above ${leaving.limit.toLocaleString("en")} you have to say at which pace they go.`}
        </Text>
        <Radio.Group
          aria-label="At which pace"
          value={choice}
          onChange={(value) => onFlight({ spread: value === "none" ? "none" : proposed })}
        >
          <Stack gap="xs">
            <Radio value="spread" label={`Spread them: ${proposed.replace("/", " in ")}`} />
            <Radio value="none" label="Let all of them go at once" />
          </Stack>
        </Radio.Group>
        {choice === "spread" && (
          <TextInput
            label="Pace"
            description="A count in a length of time: 100/1h"
            value={proposed}
            maw={220}
            onChange={(event) => take(event.currentTarget.value)}
          />
        )}
        {choice === "spread" && leaving.until && (
          <Text size="sm">
            The last of them goes <Instant at={leaving.until} />.
          </Text>
        )}
      </Stack>
    </Alert>
  );
}
