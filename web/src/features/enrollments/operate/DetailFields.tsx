import { Select, TextInput } from "@mantine/core";
import type { Action, Details, Outcome } from "./actions";
import { MoveFields, type MoveScope } from "./MoveFields";

const outcomes: { value: Outcome; label: string }[] = [
  { value: "neutral", label: "neutral" },
  { value: "success", label: "success" },
  { value: "failed", label: "failed" },
];

type Props = {
  action: Action;
  details: Details;
  onChange: (details: Details) => void;
  /** Ways out of the step; none when several enrollments are meant, each goes by its main way. */
  ports: string[];
  /** Where a move may lead. */
  scope: MoveScope | null;
};

/** What a person says along with an action: reason and outcome of an exit, the port of a skip, the step of a move. */
export function DetailFields({ action, details, onChange, ports, scope }: Props) {
  const reason = (
    <TextInput
      label="Reason"
      description="It stands in the enrollment and in the audit log."
      placeholder="asked by phone"
      maxLength={500}
      value={details.reason ?? ""}
      onChange={(e) => onChange({ ...details, reason: e.currentTarget.value })}
    />
  );
  if (action === "hold") return reason;
  if (action === "move") return scope && <MoveFields scope={scope} details={details} onChange={onChange} />;
  if (action === "exit") {
    return (
      <>
        {reason}
        <Select
          label="Outcome"
          data={outcomes}
          allowDeselect={false}
          value={details.outcome ?? "neutral"}
          onChange={(value) =>
            onChange({ ...details, outcome: outcomes.find((o) => o.value === value)?.value ?? "neutral" })
          }
        />
      </>
    );
  }
  if ((action === "skip" || action === "release") && ports.length > 1) {
    return (
      <Select
        label="Leave by"
        data={ports}
        placeholder="the main way"
        clearable
        value={details.port ?? null}
        onChange={(port) => onChange(port ? { port } : {})}
      />
    );
  }
  return null;
}
