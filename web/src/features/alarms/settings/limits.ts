import type { AlarmSettings, SettingsPatch } from "../queries";

/** A field of the limits: where it stands in the settings, and how it is edited. */
export type LimitField = {
  part: keyof AlarmSettings;
  /** null for a length that stands in the settings itself. */
  field: string | null;
  label: string;
  as: "length" | "percent" | "number";
  /** What a number counts. */
  of?: string;
  step?: number;
};

export type LimitGroup = { part: keyof AlarmSettings | null; title: string; what: string; fields: LimitField[] };

const length = (part: keyof AlarmSettings, field: string | null, label: string): LimitField => ({
  part,
  field,
  label,
  as: "length",
});

/** The limits in the order in which they are shown; a group with a part can be switched off. */
export const limitGroups: LimitGroup[] = [
  {
    part: "error_rate",
    title: "Errors",
    what: "Of the steps that were attempted, too many failed",
    fields: [
      { part: "error_rate", field: "rate", label: "Share, in percent", as: "percent", of: "of the attempted steps" },
      { part: "error_rate", field: "min", label: "And at least", as: "number", of: "failed steps" },
      length("error_rate", "within", "Within"),
    ],
  },
  {
    part: "silence",
    title: "Silence",
    what: "An active workflow lets nobody in any more",
    fields: [
      length("silence", "after", "For at least"),
      {
        part: "silence",
        field: "factor",
        label: "And times the longest usual time",
        as: "number",
        of: "in the 4 weeks before",
        step: 0.5,
      },
    ],
  },
  {
    part: "lateness",
    title: "Late",
    what: "Enrollments are due and do not go on",
    fields: [length("lateness", "after", "Later than")],
  },
  { part: "wedged", title: "Stuck", what: "A run cannot go on without a person", fields: [] },
  {
    part: "drift",
    title: "Drift",
    what: "People end, or take ways, otherwise than in the 4 weeks before",
    fields: [
      { part: "drift", field: "by", label: "A share moves by, in percent", as: "percent", of: "points" },
      { part: "drift", field: "min", label: "With at least", as: "number", of: "counted of each" },
      length("drift", "within", "Within the last"),
    ],
  },
  { part: "watch", title: "48 hours after a publish", what: "One summary at the end of the watch", fields: [] },
  {
    part: null,
    title: "All alarms",
    what: "How often, and until when",
    fields: [length("remind_every", null, "Remind every"), length("clear_after", null, "Over when gone for")],
  },
];

export const pointerOf = ({ part, field }: Pick<LimitField, "part" | "field">) =>
  field === null ? `/${part}` : `/${part}/${field}`;

/** The value at a place of the settings, changed or not. */
export function valueAt(
  settings: AlarmSettings,
  patch: SettingsPatch,
  part: keyof AlarmSettings,
  field: string | null,
) {
  for (const from of [patch, settings] as Partial<Record<string, unknown>>[]) {
    const here = from[part];
    const value = field === null ? here : (here as Record<string, unknown> | undefined)?.[field];
    if (value !== undefined && value !== null) return value;
  }
  return undefined;
}

/** The patch with a value set; what is as it was before is no change. */
export function withValue(
  settings: AlarmSettings,
  patch: SettingsPatch,
  part: keyof AlarmSettings,
  field: string | null,
  value: unknown,
): SettingsPatch {
  const same = valueAt(settings, {}, part, field) === value;
  const next: Record<string, unknown> = { ...patch };
  if (field === null) {
    if (same) delete next[part];
    else next[part] = value;
    return next;
  }
  const inside: Record<string, unknown> = { ...(next[part] as Record<string, unknown> | undefined) };
  if (same) delete inside[field];
  else inside[field] = value;
  if (Object.keys(inside).length === 0) delete next[part];
  else next[part] = inside;
  return next;
}

/** The patch that goes back to what holds without it: the account's limits for a workflow, else the defaults. */
export const allDefaults: SettingsPatch = {
  error_rate: null,
  silence: null,
  lateness: null,
  wedged: null,
  drift: null,
  watch: null,
  remind_every: null,
  clear_after: null,
};

/** A share from 0 to 1 as percent, without what binary fractions add to it. */
export const asPercent = (share: number) => Math.round(share * 1e6) / 1e4;

/** The parts of a group that were set for this workflow or account alone, of what was set. */
export function ownParts(
  { part, fields }: LimitGroup,
  own: Readonly<Record<string, unknown>>,
): (keyof AlarmSettings)[] {
  const parts = part === null ? fields.map((f) => f.part) : [part];
  return parts.filter((p) => own[p] !== undefined && own[p] !== null);
}
