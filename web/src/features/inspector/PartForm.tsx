import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Exit, Settings, Trigger } from "@/graph";
import { ProblemAlert } from "@/shared";
import { FormProvider } from "./form/FormProvider";
import { ObjectFields } from "./form/ObjectFields";
import { OtherProblems } from "./form/OtherProblems";
import type { FormContext, How } from "./form/scope";
import { join, objectOf, type Problem } from "./model/pointer";
import { fieldsOf, type Schema } from "./model/schema";
import { definitionSchemaQuery } from "./queries";

type Props<T extends object> = {
  value: T;
  problems: readonly Problem[];
  context: FormContext;
  readOnly?: boolean;
  /** Shows a problem only after its field was left. */
  quiet?: boolean;
  onChange: (value: T, how: How) => void;
};

type PlacedProps<T extends object> = Props<T> & { schemaOf: (whole: Schema) => Schema | undefined; base: string };

function PartForm<T extends object>(props: PlacedProps<T>) {
  const { schemaOf, base, value, problems, context, readOnly, quiet, onChange } = props;
  const { data: whole, error, refetch } = useQuery(definitionSchemaQuery());
  if (error) return <ProblemAlert problem={error} retry={() => void refetch()} />;
  const schema = whole && schemaOf(whole);
  if (!schema) return <Skeleton height={160} />;
  return (
    <FormProvider key={base} context={context} problems={problems} readOnly={readOnly} quiet={quiet}>
      <OtherProblems base={base} drawn={fieldsOf(schema).map((f) => join(base, f.key))} />
      <ObjectFields
        schema={schema}
        value={objectOf(value)}
        pointer={base}
        onChange={(next, how) => onChange(next as T, how)}
      />
    </FormProvider>
  );
}

type ItemProps<T extends object> = Props<T> & {
  /** Place in the list of the definition. */
  index: number;
};

/** The form of one trigger. */
export function TriggerForm({ index, ...props }: ItemProps<Trigger>) {
  return <PartForm {...props} base={join("/triggers", index)} schemaOf={(s) => s.properties?.triggers?.items} />;
}

/** The form of one exit. */
export function ExitForm({ index, ...props }: ItemProps<Exit>) {
  return <PartForm {...props} base={join("/exits", index)} schemaOf={(s) => s.properties?.exits?.items} />;
}

/** The form of a workflow's settings. */
export function SettingsForm(props: Props<Settings>) {
  return <PartForm {...props} base="/settings" schemaOf={(s) => s.properties?.settings} />;
}
