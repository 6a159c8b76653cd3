import { Box } from "@mantine/core";
import { isBelow, problemsAt } from "../model/pointer";
import { type FieldSpec, kindOf, sentence } from "../model/schema";
import { TimesPreview } from "../time/TimesPreview";
import { FieldProblems } from "./FieldProblems";
import { type How, type Registered, useForm } from "./scope";

type Props = {
  field: FieldSpec;
  value: unknown;
  pointer: string;
  siblings: Record<string, unknown>;
  onChange: (value: unknown, how?: How) => void;
  onSiblings: (values: Record<string, unknown>, how?: How) => void;
};

function placeholderOf({ ui, schema }: FieldSpec): string | undefined {
  if (ui.placeholder) return ui.placeholder;
  return schema.default === undefined || typeof schema.default === "object" ? undefined : String(schema.default);
}

function useWidget({ ui, schema }: FieldSpec): Registered {
  const { widgets } = useForm();
  const found = (ui.widget && widgets.named[ui.widget]) || widgets.byKind[kindOf(schema)];
  if (!found) throw new Error(`no widget draws a ${kindOf(schema)}`);
  return found;
}

/** One field: the widget that its schema asks for, with what the server says about it. */
export function Field({ field, value, pointer, siblings, onChange, onSiblings }: Props) {
  const { problems, shows, touch, readOnly } = useForm();
  const { component: Widget, deep } = useWidget(field);
  const here = problemsAt(problems, pointer, !deep).filter((p) => shows(p.path) || shows(pointer));
  const errors = here.filter((p) => p.severity === "error");
  return (
    <Box
      onBlur={(e) => {
        const inside = e.relatedTarget instanceof Node && e.currentTarget.contains(e.relatedTarget);
        if (!inside) touch(pointer);
      }}
    >
      <Widget
        schema={field.schema}
        ui={field.ui}
        label={field.label}
        help={field.ui.help && sentence(field.ui.help)}
        placeholder={placeholderOf(field)}
        required={field.required}
        value={value}
        onChange={onChange}
        error={errors.length > 0 ? <FieldProblems problems={errors} /> : undefined}
        pointer={pointer}
        readOnly={readOnly}
        siblings={siblings}
        onSiblings={onSiblings}
      />
      {field.ui.preview && value !== undefined && (
        <Box mt="xs">
          <TimesPreview what={field.ui.preview} value={value} />
        </Box>
      )}
      <FieldProblems problems={here.filter((p) => p.severity !== "error" && isBelow(p.path, pointer))} />
    </Box>
  );
}
