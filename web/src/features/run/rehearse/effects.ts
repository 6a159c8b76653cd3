import { shortValue } from "@/shared";

type Fields = Record<string, unknown>;

const isFields = (v: unknown): v is Fields => typeof v === "object" && v !== null && !Array.isArray(v);
const text = (v: unknown) => (v === null || v === undefined || v === "" ? "" : shortValue(v, 120));

function list(value: unknown): string {
  if (!Array.isArray(value)) return text(value);
  return value.map((v) => (isFields(v) ? text(v.address ?? v.email ?? v) : text(v))).join(", ");
}

const sentences: Record<string, (e: Fields) => string> = {
  mail: (e) => `would send mail “${text(e.subject)}” to ${list(e.to) || "nobody"}`,
  slack: (e) => `would post to Slack: ${text(e.text)}`,
  call: (e) => `would call ${text(e.method)} ${text(e.url)}; the answer here is ${text(e.status)}`,
  event: (e) => `would emit the event ${text(e.type)}`,
  tag: (e) => [part("add the tag", e.add), part("remove the tag", e.remove)].filter(Boolean).join(" and "),
  field: (e) => `would set ${text(e.field)} from ${shortValue(e.from)} to ${shortValue(e.to)}`,
  course: (e) => `would ${e.enroll === false ? "take access to" : "give access to"} the course ${text(e.course)}`,
  deal: (e) => dealWords(e),
  task: (e) => `would create the task “${text(e.title)}”${e.assignee ? ` for ${text(e.assignee)}` : ""}`,
  enroll_in: (e) => `would ask to enroll in ${text(e.workflow)}`,
  remove_from: (e) => `would end what runs of ${text(e.workflow)}`,
  undo: (e) => `would take back what ${text(e.workflow)} did${e.correlate ? ` for ${text(e.correlate)}` : ""}`,
  unsubscribe: (e) => `would unsubscribe from ${text(e.channel) || "email"}`,
};

function part(what: string, tags: unknown): string {
  const names = list(tags);
  return names ? `would ${what} ${names}` : "";
}

function dealWords(e: Fields): string {
  const deal = isFields(e.deal) ? e.deal : {};
  const where = `${text(deal.pipeline)}, stage ${text(deal.stage)}`;
  const owner = deal.owner ? `, owner ${text(deal.owner)}` : "";
  return `${e.created ? "would create a deal in" : "would have the deal in"} ${where}${owner}`;
}

/** What a rehearsed step would have done, in words; null when it does nothing. */
export function effectWords(effect: unknown): string | null {
  if (!isFields(effect)) return null;
  if (typeof effect.error === "string") return `could not: ${effect.error}`;
  const sentence = sentences[String(effect.kind)];
  const words = sentence ? sentence(effect) : `would do: ${shortValue(effect, 160)}`;
  return words || null;
}

/** What an effect names and the installation does not have. */
export function missingOf(effect: unknown): string[] {
  return isFields(effect) && Array.isArray(effect.missing) ? effect.missing.map(String) : [];
}
