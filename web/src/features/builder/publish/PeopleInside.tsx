import { Radio, Stack, Table, Text, Title } from "@mantine/core";
import { nodesOf } from "@/graph";
import { stepName } from "../diff/words";
import { useBuilder, useDefinition } from "../page/context";
import type { PublishChoice, PublishResult } from "../queries";

type Props = {
  result: PublishResult;
  inFlight: PublishChoice["in_flight"];
  onInFlight: (choice: PublishChoice["in_flight"]) => void;
};

/** Who is inside, where, and what becomes of them. */
export function PeopleInside({ result, inFlight, onInFlight }: Props) {
  const inside = result.in_flight.stay + result.in_flight.migrate + result.in_flight.exit;
  const people = inside === 1 ? "1 person is" : `${inside.toLocaleString("en")} people are`;
  const fires = (result.nodes ?? []).reduce((n, node) => n + node.fires_now, 0);
  return (
    <section aria-label="People inside">
      <Title order={3} size="h5" mb="xs">
        People inside
      </Title>
      {inside === 0 ? (
        <Text size="sm">Nobody is inside. Everyone who enters from now on takes the new version.</Text>
      ) : (
        <Stack gap="sm">
          <Where result={result} />
          <Radio.Group
            label={`${people} inside on an earlier version. They`}
            value={inFlight}
            onChange={(v) => onInFlight(v === "exit" ? "exit" : "stay")}
          >
            <Stack gap="xs" mt="xs">
              <Radio
                value="stay"
                label="Finish on the version that they began with"
                description="New entries take the new version."
              />
              <Radio
                value="exit"
                label="Leave now"
                description="Their enrollments end as exited. This cannot be taken back."
              />
            </Stack>
          </Radio.Group>
          <Text size="sm">
            {inFlight === "exit"
              ? `${result.in_flight.exit.toLocaleString("en")} enrollments end at once.`
              : `Nobody moves, and ${fires === 0 ? "no step fires" : `${fires.toLocaleString("en")} steps fire`} at once.`}
          </Text>
        </Stack>
      )}
    </section>
  );
}

function Where({ result }: { result: PublishResult }) {
  const { specs } = useBuilder();
  const definition = useDefinition();
  const nodes = result.nodes ?? [];
  if (nodes.length === 0) return null;
  return (
    <Table withTableBorder>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Step</Table.Th>
          <Table.Th>People</Table.Th>
          <Table.Th>Fires at once</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {nodes.map((one) => (
          <Table.Tr key={one.node}>
            <Table.Td>
              {one.node === "" ? "At the start" : stepName(one.node, nodesOf(definition)[one.node], specs)}
            </Table.Td>
            <Table.Td>{one.waiting.toLocaleString("en")}</Table.Td>
            <Table.Td>{one.fires_now.toLocaleString("en")}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
