import { Radio, Select, Stack, Text } from "@mantine/core";
import { graphOf, nodesOf } from "@/graph";
import { stepName } from "../diff/words";
import { useBuilder } from "../page/context";
import { gone } from "./flight";
import { Guard } from "./Guard";
import type { InsideProps } from "./PeopleInside";

const waits = [
  ["credit", "What they have waited counts", "The new length less the time that has passed."],
  ["restart", "They wait anew", "The new length from now on."],
  ["keep", "They wait until then as before", "The instant that they wait for stays as it is."],
] as const;

const missing = [
  ["stay", "Finish on their version"],
  ["next", "Go on behind the step that is gone"],
  ["exit", "Leave the workflow"],
] as const;

/** How people are moved: open waits, steps that are gone, and the pace of those who would go on at once. */
export function MoveTerms(props: InsideProps) {
  const { result, flight, onFlight, from, to } = props;
  const { specs } = useBuilder();
  const lost = gone(result.nodes ?? [], flight.map);
  const steps = graphOf(to, specs).order.map((id) => ({ value: id, label: stepName(id, nodesOf(to)[id], specs) }));
  const lead = (id: string, target: string | null) => {
    const { [id]: _, ...others } = flight.map ?? {};
    onFlight({ map: target === null ? others : { ...others, [id]: target } });
  };
  return (
    <Stack gap="md" role="group" aria-label="How they are moved">
      <Radio.Group
        label="Who is waiting"
        value={flight.retime}
        onChange={(value) => onFlight({ retime: waits.find(([one]) => one === value)?.[0] ?? "credit" })}
      >
        <Stack gap="xs" mt="xs">
          {waits.map(([value, label, description]) => (
            <Radio key={value} value={value} label={label} description={description} />
          ))}
        </Stack>
      </Radio.Group>
      {lost.length > 0 && (
        <Stack gap="xs">
          <Text size="sm" fw={500}>
            Steps that the new version does not have
          </Text>
          {lost.map((id) => (
            <Select
              key={id}
              label={`Who stands in ${stepName(id, from && nodesOf(from)[id], specs)} goes on in`}
              placeholder="as chosen below"
              data={steps}
              value={flight.map?.[id] ?? null}
              onChange={(target) => lead(id, target)}
              searchable
              clearable
              clearButtonProps={{ "aria-label": "Choose no step" }}
            />
          ))}
          <Radio.Group
            label="All others who stand in a step that is gone"
            value={flight.on_missing}
            onChange={(value) => onFlight({ on_missing: missing.find(([one]) => one === value)?.[0] ?? "stay" })}
          >
            <Stack gap="xs" mt="xs">
              {missing.map(([value, label]) => (
                <Radio key={value} value={value} label={label} />
              ))}
            </Stack>
          </Radio.Group>
        </Stack>
      )}
      <Guard {...props} />
    </Stack>
  );
}
