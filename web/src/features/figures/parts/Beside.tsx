import { Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";

type Props = { of: readonly { label: string; value: ReactNode }[] };

/** Values of the versions that are compared, each with the version's name; one alone needs none. */
export function Beside({ of }: Props) {
  if (of.length < 2) return of[0]?.value;
  return (
    <Stack gap={0}>
      {of.map(({ label, value }) => (
        <Group key={label} gap={6} wrap="nowrap" align="baseline">
          <Text span size="xs" c="dimmed" w={24} style={{ flex: "none" }}>
            {label}
          </Text>
          {value}
        </Group>
      ))}
    </Stack>
  );
}
