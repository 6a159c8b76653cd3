import { FieldProblems } from "../form/FieldProblems";
import { useForm } from "../form/scope";
import { problemsAt } from "../model/pointer";
import { JsonWidget } from "../widgets/JsonWidget";
import classes from "./conditions.module.css";
import { RuleTools } from "./RuleTools";
import type { RuleProps } from "./RuleView";
import { useCondition } from "./scope";

/** A rule of a shape that has no controls of its own: as JSON. */
export function OtherRule({ value, pointer, name, onChange, onRemove, onMove }: RuleProps) {
  const { readOnly } = useCondition();
  const { problems, shows } = useForm();
  const said = problemsAt(problems, pointer, true).filter((p) => shows(p.path));
  return (
    <div className={classes.rule}>
      {!readOnly && <RuleTools name={name} onRemove={onRemove} onMove={onMove} />}
      <JsonWidget
        schema={{}}
        ui={{}}
        label={`The ${name} as JSON`}
        required={false}
        value={value}
        onChange={onChange}
        error={said.length > 0 ? <FieldProblems problems={said} /> : undefined}
        pointer={pointer}
        readOnly={readOnly}
        siblings={{}}
        onSiblings={() => {}}
      />
    </div>
  );
}
