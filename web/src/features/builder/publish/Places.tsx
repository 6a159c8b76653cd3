import { Anchor, Group, Loader, Table, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { nodesOf } from "@/graph";
import { Fold, Instant } from "@/shared";
import { stepName } from "../diff/words";
import { useBuilder } from "../page/context";
import { becomes } from "./flight";
import type { InsideProps } from "./PeopleInside";

/** Step by step: how many stand there, what becomes of them, and how many go on at once. */
export function Places({ result, from, to, isOld }: InsideProps) {
  const { specs } = useBuilder();
  const places = result.nodes ?? [];
  const name = (id: string) =>
    id === "" ? "the start" : stepName(id, nodesOf(to)[id] ?? (from && nodesOf(from)[id]), specs);
  const old = (id: string) =>
    id === "" ? "At the start" : stepName(id, (from && nodesOf(from)[id]) ?? nodesOf(to)[id], specs);
  const fires = places.reduce((n, place) => n + place.fires_now, 0);
  if (places.length === 0) return null;
  return (
    <div>
      <Table withTableBorder aria-label="What happens to them">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Step</Table.Th>
            <Table.Th>People</Table.Th>
            <Table.Th>What happens to them</Table.Th>
            <Table.Th>At once</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {places.map((place) => (
            <Table.Tr key={[place.node, place.way, place.class, place.becomes].join(" ")}>
              <Table.Td>{old(place.node)}</Table.Td>
              <Table.Td>{place.waiting.toLocaleString("en")}</Table.Td>
              <Table.Td>{becomes(place, name)}</Table.Td>
              <Table.Td>{place.fires_now.toLocaleString("en")}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group gap="xs" mt="xs" role="status">
        <Text size="sm">
          {result.note ??
            (fires === 0 ? "No step fires at once." : `${fires.toLocaleString("en")} steps fire at once.`)}
        </Text>
        {isOld && <Loader size={14} aria-label="Counting again" />}
      </Group>
      <Samples result={result} name={name} />
    </div>
  );
}

function Samples({ result, name }: Pick<InsideProps, "result"> & { name: (id: string) => string }) {
  const samples = result.samples ?? [];
  if (samples.length === 0) return null;
  return (
    <Fold label="Some of them">
      <ul>
        {samples.map((one) => (
          <li key={one.enrollment}>
            <Text size="sm" span>
              <Anchor component={Link} to={`/enrollments/${one.enrollment}`} target="_blank" size="sm">
                {one.contact.email ?? one.contact.id}
              </Anchor>
              , version {one.version}, in {name(one.node)}
              {one.due_at && (
                <>
                  {" until "}
                  <Instant at={one.due_at} />
                </>
              )}
              : {becomes(one, name)}
              {one.becomes_due_at && one.becomes_due_at !== one.due_at && (
                <>
                  {", then until "}
                  <Instant at={one.becomes_due_at} />
                </>
              )}
              {one.fires_now && ", at once"}
              {one.fires_at_resume && ", when the workflow is resumed"}
            </Text>
          </li>
        ))}
      </ul>
    </Fold>
  );
}
