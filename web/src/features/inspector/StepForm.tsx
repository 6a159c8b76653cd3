import { useQuery } from "@tanstack/react-query";
import type { NodeDef, NodeSpec } from "@/graph";
import { FieldSection } from "./form/FieldSection";
import { FormProvider } from "./form/FormProvider";
import { ObjectFields } from "./form/ObjectFields";
import { OtherProblems } from "./form/OtherProblems";
import type { FormContext, How } from "./form/scope";
import { join, objectOf, type Problem, withKey } from "./model/pointer";
import { fieldsOf, type Schema } from "./model/schema";
import { definitionSchemaQuery } from "./queries";
import { StepPreview } from "./StepPreview";

type Props = {
  spec: NodeSpec;
  node: NodeDef;
  /** All problems of the definition; the form finds its own by their path. */
  problems: readonly Problem[];
  context: FormContext;
  readOnly?: boolean;
  /** Shows a problem only after its field was left; false after an attempt to publish. */
  quiet?: boolean;
  onChange: (node: NodeDef, how: How) => void;
};

/** What is drawn elsewhere: the wires by the canvas, the switch by the head of the panel. */
const elsewhere = ["type", "with", "next", "disabled"];
const above = ["name"];

function only(schema: Schema, keys: readonly string[]): string[] {
  return Object.keys(schema.properties ?? {}).filter((key) => !keys.includes(key));
}

/** The form of one step: its name, its settings, and behind a heading what steps of every type share. */
export function StepForm({ spec, node, problems, context, readOnly, quiet, onChange }: Props) {
  const { data: whole } = useQuery(definitionSchemaQuery());
  const base = join("/nodes", context.nodeId ?? "");
  const common = whole?.$defs?.[`node_${spec.type}`] ?? {};
  const advanced = only(common, [...elsewhere, ...above]);
  const settings = spec.schema as Schema;
  const take = (next: Record<string, unknown>, how: How) => onChange({ ...next, type: node.type } as NodeDef, how);
  const takeSettings = (next: Record<string, unknown>, how: How) =>
    take(withKey(node, "with", Object.keys(next).length > 0 ? next : undefined), how);
  const drawn = [
    ...fieldsOf(settings).map((f) => join(join(base, "with"), f.key)),
    ...[...advanced, ...above, "next", "disabled"].map((key) => join(base, key)),
  ];
  const shared = { value: node, pointer: base, onChange: take };
  return (
    <FormProvider key={base} context={context} problems={problems} readOnly={readOnly} quiet={quiet}>
      <OtherProblems base={base} drawn={drawn} />
      <ObjectFields schema={named(common, spec.title)} without={only(common, above)} {...shared} />
      <ObjectFields
        key={spec.type}
        schema={settings}
        value={objectOf(node.with)}
        pointer={join(base, "with")}
        onChange={takeSettings}
      />
      <StepPreview node={node} readOnly={Boolean(readOnly || context.readOnly)} onSettings={takeSettings} />
      {advanced.length > 0 && (
        <FieldSection title="Advanced" open={advanced.some((key) => objectOf(node)[key] !== undefined)}>
          <ObjectFields schema={common} without={[...elsewhere, ...above]} {...shared} />
        </FieldSection>
      )}
    </FormProvider>
  );
}

/** The schema with the title of the type in the place of a name. */
function named(schema: Schema, title: string): Schema {
  const name = schema.properties?.name;
  if (!name) return schema;
  const hinted = { ...name, "x-ui": { ...name["x-ui"], placeholder: title } };
  return { ...schema, properties: { ...schema.properties, name: hinted } };
}
