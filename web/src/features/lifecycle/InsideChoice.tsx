import { Radio, Stack, Text } from "@mantine/core";

export type Inside = "finish" | "exit";

type Props = { active: number; value: Inside; onChange: (value: Inside) => void };

/** What becomes of the people inside when nobody new comes in. */
export function InsideChoice({ active, value, onChange }: Props) {
  if (active === 0) return <Text size="sm">Nobody is inside now.</Text>;
  const people = active === 1 ? "The 1 person inside" : `The ${active.toLocaleString("en")} people inside`;
  return (
    <Radio.Group label={people} value={value} onChange={(v) => onChange(v === "exit" ? "exit" : "finish")}>
      <Stack gap="xs" mt="xs">
        <Radio value="finish" label="Go on to their end" />
        <Radio
          value="exit"
          label="Leave now"
          description="Their enrollments end as exited. This cannot be taken back."
        />
      </Stack>
    </Radio.Group>
  );
}
