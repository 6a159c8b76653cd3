import { Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { textOf, typing } from "../form/control";
import type { How } from "../form/scope";
import { withKey } from "../model/pointer";
import { Picker } from "../pickers/Picker";
import { NewSegmentButton } from "../pickers/SegmentPicker";
import { pipelineQuery } from "../pickers/StageWidget";
import { type KindName, useKind } from "../pickers/useKind";
import { Bounds } from "./Bounds";
import { DidRule } from "./DidRule";
import type { LeafKind, Rule } from "./rules";
import { useCondition } from "./scope";

type Props = {
  leaf: Exclude<LeafKind, "field">;
  rule: Rule;
  name: string;
  pointer: string;
  onChange: (rule: Rule, how?: How) => void;
};

const kindOf: Partial<Record<LeafKind, KindName>> = {
  tag: "tags",
  segment: "segments",
  enrolled_in: "workflows",
  course: "courses",
  deal: "pipelines",
};

/** A rule about what is known of the contact: a tag, a course, a deal, what it did. */
export function FactRule({ leaf, rule, name, pointer, onChange }: Props) {
  const { readOnly } = useCondition();
  const set = (key: string) => (value: unknown, how?: How) => onChange(withKey(rule, key, value), how);
  if (leaf === "did") return <DidRule rule={rule} name={name} pointer={pointer} onChange={onChange} />;
  const kind = kindOf[leaf];
  if (!kind) {
    return (
      <Textarea
        aria-label={`Expression of ${name}`}
        description="CEL, for what the other rules cannot say."
        placeholder="size(contact.tags) > 3"
        size="xs"
        autosize
        minRows={2}
        spellCheck={false}
        styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
        value={textOf(rule.expr)}
        disabled={readOnly}
        onChange={(e) => onChange({ expr: e.currentTarget.value }, typing)}
      />
    );
  }
  return (
    <>
      <FactPicker kind={kind} name={name} value={textOf(rule[leaf])} disabled={readOnly} onChange={set(leaf)} />
      {leaf === "segment" && !readOnly && <NewSegmentButton onMade={set("segment")} />}
      {leaf === "course" && (
        <Bounds
          label={`Progress of ${name}`}
          unit="%"
          value={rule.progress}
          disabled={readOnly}
          onChange={set("progress")}
        />
      )}
      {leaf === "deal" && (
        <StageOf
          pipeline={textOf(rule.deal)}
          name={name}
          value={rule.stage}
          disabled={readOnly}
          onChange={set("stage")}
        />
      )}
    </>
  );
}

type StageProps = {
  pipeline: string;
  name: string;
  value: unknown;
  disabled: boolean;
  onChange: (value: unknown, how?: How) => void;
};

function StageOf({ pipeline, name, value, disabled, onChange }: StageProps) {
  const { data, isFetching } = useQuery(pipelineQuery(pipeline));
  return (
    <Picker
      aria-label={`Stage of ${name}`}
      size="xs"
      placeholder="any stage"
      value={textOf(value)}
      options={(data?.stages ?? []).map((s) => ({ value: s.key, label: s.name }))}
      busy={isFetching}
      disabled={disabled}
      onChange={(v, how) => onChange(v || undefined, how)}
    />
  );
}

type FactProps = {
  kind: KindName;
  name: string;
  value: string;
  disabled: boolean;
  onChange: (value: unknown, how?: How) => void;
};

export function FactPicker({ kind, name, value, disabled, onChange }: FactProps) {
  const { options, busy, create, noun } = useKind(kind, value);
  return (
    <Picker
      aria-label={`${noun.charAt(0).toUpperCase()}${noun.slice(1)} of ${name}`}
      size="xs"
      placeholder={`Choose or type a ${noun}`}
      value={value}
      options={options}
      busy={busy}
      create={create}
      disabled={disabled}
      onChange={onChange}
    />
  );
}
