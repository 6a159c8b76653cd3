import { Alert, JsonInput, SegmentedControl, Stack, Text } from "@mantine/core";
import { ContactChooser } from "@/features/contact-chooser";
import type { Modes } from "./queries";

type Props = {
  modes: Modes;
  onModes: (modes: Modes) => void;
  text: string;
  onText: (text: string) => void;
  error: string | undefined;
};

/** For whom a test runs, with what, how fast, and what of it really happens. */
export function TestFields({ modes, onModes, text, onText, error }: Props) {
  return (
    <Stack gap="sm">
      <ContactChooser label="Contact" />
      <JsonInput
        label="Data of the trigger"
        autosize
        minRows={2}
        maxRows={12}
        value={text}
        onChange={onText}
        error={error}
      />
      <SegmentedControl
        aria-label="Waits"
        data={[
          { value: "compressed", label: "Waits take 5 s at most" },
          { value: "real", label: "Real waits" },
        ]}
        value={modes.waits}
        onChange={(value) => onModes({ ...modes, waits: value === "real" ? "real" : "compressed" })}
      />
      <SegmentedControl
        aria-label="Mail"
        data={[
          { value: "sink", label: "Mail to the sink" },
          { value: "real", label: "Really send mail" },
        ]}
        value={modes.sends}
        onChange={(value) => onModes({ ...modes, sends: value === "real" ? "real" : "sink" })}
      />
      <Alert color={modes.sends === "real" ? "orange" : "blue"} variant="light" title="What really happens" role="note">
        <Text size="sm">
          {modes.sends === "real" ? "Mail goes to the contact for real. " : "Mail goes to the sink, to nobody else. "}
          Webhooks and Slack are really called, and tags, fields, deals, courses and tasks of this contact really
          change. The enrollment is marked as a test and never counted.
        </Text>
      </Alert>
    </Stack>
  );
}
