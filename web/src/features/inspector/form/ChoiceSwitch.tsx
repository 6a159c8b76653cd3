import { Box, SegmentedControl, Select } from "@mantine/core";
import { join, problemsAt } from "../model/pointer";
import { type Choice, distinguishing, type FieldSpec } from "../model/schema";
import { FieldProblems } from "./FieldProblems";
import { useForm } from "./scope";

type Props = {
  choice: Choice;
  fields: FieldSpec[];
  way: number;
  /** Keys of the choice that are not drawn; what the server says of them is said here. */
  hidden: string[];
  pointer: string;
  onPick: (way: number) => void;
};

/** More ways than fit side by side in a narrow panel are a list. */
const mostSegments = 3;

/** Switches between the ways of a choice; what was typed comes back with its way. */
export function ChoiceSwitch({ choice, fields, way, hidden, pointer, onPick }: Props) {
  const { readOnly, problems, shows } = useForm();
  const labelOf = (key: string) => fields.find((f) => f.key === key)?.label ?? key;
  const data = choice.ways.map((keys, i) => ({
    value: String(i),
    label: distinguishing(choice, keys).map(labelOf).join(" and "),
  }));
  const said = hidden
    .filter((key) => shows(join(pointer, key)))
    .flatMap((key) => problemsAt(problems, join(pointer, key), true));
  const name = data.map((d) => d.label).join(" or ");
  const short = data.length <= mostSegments && data.reduce((n, d) => n + d.label.length, 0) <= 36;
  const pick = (value: string | null) => value && Number(value) !== way && onPick(Number(value));
  return (
    <Box>
      {short ? (
        <SegmentedControl
          data={data}
          value={String(way)}
          onChange={pick}
          disabled={readOnly}
          aria-label={name}
          fullWidth
          size="sm"
        />
      ) : (
        <Select
          data={data}
          value={String(way)}
          onChange={pick}
          disabled={readOnly}
          aria-label={name}
          allowDeselect={false}
        />
      )}
      <FieldProblems problems={said} />
    </Box>
  );
}
