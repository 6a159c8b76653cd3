import { Radio, Stack, Text, Title } from "@mantine/core";
import type { Definition } from "@/graph";
import type { Flight, PublishResult } from "../queries";
import { insideOf } from "./flight";
import { MoveTerms } from "./MoveTerms";
import { Places } from "./Places";

export type InsideProps = {
  result: PublishResult;
  flight: Flight;
  onFlight: (change: Partial<Flight>) => void;
  /** The definition that is published now, and the one that takes its place. */
  from: Definition | undefined;
  to: Definition;
  /** The answer is about an earlier choice, and the next one is on its way. */
  isOld: boolean;
};

const choices = [
  ["stay", "Finish on the version that they began with", "Nobody moves. New entries take the new version."],
  [
    "migrate",
    "Go on in the new version",
    "Each goes on where they are, and waits are timed anew. See below what happens to whom.",
  ],
  ["exit", "Leave now", "Their enrollments end as exited. This cannot be taken back."],
] as const;

/** Who is inside, where, and what becomes of them. */
export function PeopleInside(props: InsideProps) {
  const { result, flight, onFlight } = props;
  const inside = insideOf(result);
  const people = inside === 1 ? "1 person is" : `${inside.toLocaleString("en")} people are`;
  return (
    <section aria-label="People inside">
      <Title order={3} size="h5" mb="xs">
        People inside
      </Title>
      {inside === 0 ? (
        <Text size="sm">Nobody is inside. Everyone who enters from now on takes the new version.</Text>
      ) : (
        <Stack gap="md">
          <Radio.Group
            label={`${people} inside on an earlier version. They`}
            value={flight.in_flight}
            onChange={(value) => onFlight({ in_flight: choices.find(([one]) => one === value)?.[0] ?? "stay" })}
          >
            <Stack gap="xs" mt="xs">
              {choices.map(([value, label, description]) => (
                <Radio key={value} value={value} label={label} description={description} />
              ))}
            </Stack>
          </Radio.Group>
          {flight.in_flight === "migrate" && <MoveTerms {...props} />}
          <Places {...props} />
        </Stack>
      )}
    </section>
  );
}
