import { Paper, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { type Total, totals } from "../totals";
import { Beside } from "./Beside";
import type { Side } from "./sides";

/** The figures of the whole range. */
export function Totals({ sides }: { sides: readonly Side[] }) {
  return (
    <Stack gap="lg">
      {totals.map(({ title, figures }) => (
        <section key={title} aria-label={title}>
          <Title order={2} size="h4" mb="xs">
            {title}
          </Title>
          <SimpleGrid cols={{ base: 1, xs: 2, md: 3, lg: figures.length > 3 ? figures.length : 3 }} spacing="sm">
            {figures.map((figure) => (
              <Tile key={figure.label} figure={figure} sides={sides} />
            ))}
          </SimpleGrid>
        </section>
      ))}
    </Stack>
  );
}

function Tile({ figure: { label, of, below, means }, sides }: { figure: Total; sides: readonly Side[] }) {
  const values = sides.map((side) => {
    const shown = of(side.data);
    const small = shown.why ?? below?.(side.data);
    return {
      label: side.label,
      value: (
        <div>
          <Text span fw={650} size={sides.length > 1 ? "lg" : "xl"}>
            {shown.text}
          </Text>
          {small && (
            <Text size="sm" c="dimmed">
              {small}
            </Text>
          )}
        </div>
      ),
    };
  });
  return (
    <Paper withBorder p="sm" role="group" aria-label={label} title={means}>
      <Text size="sm">{label}</Text>
      <Beside of={values} />
    </Paper>
  );
}
