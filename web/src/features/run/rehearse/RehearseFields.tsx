import { JsonInput, SegmentedControl, Select, Stack, TextInput } from "@mantine/core";
import { ContactChooser } from "@/features/contact-chooser";
import type { Definition } from "@/graph";
import { Fold, ownZone } from "@/shared";
import { EventRows } from "./EventRows";
import { awaitedTypes, callingNodes, type RehearseForm, triggerTypes } from "./request";
import { StubRows } from "./StubRows";

type Props = {
  definition: Definition;
  form: RehearseForm;
  onChange: (form: RehearseForm) => void;
  /** The type of the trigger was changed: its data begins anew. */
  onTrigger: (type: string) => void;
  errors: (name: string) => string | undefined;
};

/** With whom and with what a workflow is rehearsed. */
export function RehearseFields({ definition, form, onChange, onTrigger, errors }: Props) {
  const set = (change: Partial<RehearseForm>) => onChange({ ...form, ...change });
  const calls = callingNodes(definition);
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label="With whom"
        data={[
          { value: "chosen", label: "A contact" },
          { value: "example", label: "An example" },
        ]}
        value={form.example ? "example" : "chosen"}
        onChange={(value) => set({ example: value === "example" })}
      />
      {form.example ? (
        <JsonInput
          label="Contact"
          autosize
          minRows={4}
          maxRows={12}
          value={form.exampleText}
          onChange={(exampleText) => set({ exampleText })}
          error={errors("contact") ?? errors("/contact")}
        />
      ) : (
        <ContactChooser label="Contact" />
      )}
      <Select
        label="Enters by"
        data={triggerTypes(definition)}
        allowDeselect={false}
        value={form.trigger}
        onChange={(type) => type && onTrigger(type)}
        error={errors("/trigger/type")}
      />
      <JsonInput
        label="Data of the trigger"
        autosize
        minRows={2}
        maxRows={12}
        value={form.triggerText}
        onChange={(triggerText) => set({ triggerText })}
        error={errors("trigger") ?? errors("/trigger/data")}
      />
      <Fold label={`Events on the way (${form.events.length})`} open={form.events.length > 0}>
        <EventRows
          events={form.events}
          types={awaitedTypes(definition)}
          errors={errors}
          onChange={(events) => set({ events })}
        />
      </Fold>
      {calls.length > 0 && (
        <Fold label={`Answers of calls (${calls.length})`}>
          <StubRows nodes={calls} stubs={form.stubs} errors={errors} onChange={(stubs) => set({ stubs })} />
        </Fold>
      )}
      <Fold label={form.startAt ? "Start at a given time" : "Start: now"} open={form.startAt !== ""}>
        <TextInput
          type="datetime-local"
          label="Start"
          description={`In your zone, ${ownZone}. Empty: now.`}
          value={form.startAt}
          onChange={(e) => set({ startAt: e.currentTarget.value })}
          error={errors("/start_at")}
        />
      </Fold>
    </Stack>
  );
}
