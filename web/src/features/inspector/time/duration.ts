export type Unit = "s" | "m" | "h" | "d" | "w";
/** A length as it is edited: what stands in the field may not be a number yet. */
export type Parts = { amount: string; unit: Unit; sign: 1 | -1 };

export const units: { value: Unit; one: string; many: string }[] = [
  { value: "s", one: "second", many: "seconds" },
  { value: "m", one: "minute", many: "minutes" },
  { value: "h", one: "hour", many: "hours" },
  { value: "d", one: "day", many: "days" },
  { value: "w", one: "week", many: "weeks" },
];

const words: Record<string, Unit> = {
  s: "s",
  sec: "s",
  secs: "s",
  second: "s",
  seconds: "s",
  m: "m",
  min: "m",
  mins: "m",
  minute: "m",
  minutes: "m",
  h: "h",
  hr: "h",
  hrs: "h",
  hour: "h",
  hours: "h",
  d: "d",
  day: "d",
  days: "d",
  w: "w",
  week: "w",
  weeks: "w",
};

/** Reads 2d, 90 s, "2 days" or a bare number, which has the unit that stands beside it. */
export function readDuration(text: string, unit: Unit): Parts {
  const [, sign, digits, word] = text.trim().match(/^([+-]?)(\d+)\s*([a-z]*)$/i) ?? [];
  const named = word ? words[word.toLowerCase()] : unit;
  if (digits === undefined || named === undefined) return { amount: text, unit, sign: 1 };
  return { amount: digits, unit: named, sign: sign === "-" ? -1 : 1 };
}

/** Writes 2d or -3d; what is no number stays as it was typed, for the server to refuse. Empty is undefined. */
export function writeDuration({ amount, unit, sign }: Parts): string | undefined {
  const text = amount.trim();
  if (text === "") return undefined;
  if (!/^\d+$/.test(text)) return text;
  return `${sign < 0 && Number(text) !== 0 ? "-" : ""}${text}${unit}`;
}

/** Reads 9, 930, 9:30 or 9.30 pm as HH:MM; what is none of these stays as it was typed. */
export function readTime(text: string): string {
  const [, h, m = "0", half] = text.trim().match(/^(\d{1,2})(?:[:.h]?(\d{2}))?\s*(am|pm)?$/i) ?? [];
  if (h === undefined) return text.trim();
  let hour = Number(h);
  if (half && hour > 12) return text.trim();
  if (half?.toLowerCase() === "pm" && hour < 12) hour += 12;
  if (half?.toLowerCase() === "am" && hour === 12) hour = 0;
  const fits = hour < 24 ? Number(m) < 60 : hour === 24 && Number(m) === 0;
  return fits ? `${String(hour).padStart(2, "0")}:${m.padStart(2, "0")}` : text.trim();
}
