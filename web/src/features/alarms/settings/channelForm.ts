import type { Channel, ChannelInput } from "../queries";

export type ChannelKind = NonNullable<ChannelInput["kinds"]>[number];

/** A channel as it is edited. An address that holds a secret is never filled in: empty keeps it. */
export type ChannelForm = {
  name: string;
  type: Channel["type"];
  to: string[];
  url: string;
  sign: string;
  kinds: ChannelKind[];
  workflows: string[];
};

export const blank: ChannelForm = { name: "", type: "mail", to: [], url: "", sign: "", kinds: [], workflows: [] };

const isNamed = (url: string) => url.startsWith("secret:");

export function formOf(channel: Channel): ChannelForm {
  const { name, type, to, kinds, workflows } = channel;
  const url = channel.url && isNamed(channel.url) ? channel.url : "";
  return { name, type, to, url, sign: channel.sign ?? "", kinds, workflows };
}

type Body = Omit<ChannelInput, "type" | "enabled">;

/** What is sent to make the channel, or to change the one that is there. */
export function bodyOf(form: ChannelForm, before: Channel | null): Body {
  const { name, kinds, workflows } = form;
  const body: Body = { name: name.trim(), kinds, workflows };
  if (form.type === "mail") return { ...body, to: form.to };
  if (form.type === "webhook" && (form.sign || before?.sign)) body.sign = form.sign || null;
  if (form.url !== "" || before === null) body.url = form.url.trim();
  return body;
}

/** Where a channel leads, without what its address keeps secret. */
export function targetWords({ type, to, url }: Pick<Channel, "type" | "to" | "url">): string {
  if (type === "mail") return to.join(", ");
  if (!url || isNamed(url)) return url ?? "";
  return URL.canParse(url) ? `${new URL(url).origin}/…` : "…";
}

export const typeWords: Record<Channel["type"], string> = { mail: "Mail", slack: "Slack", webhook: "Webhook" };

export const kindWords: Record<ChannelKind, string> = {
  error_rate: "Errors",
  silence: "Silence",
  lateness: "Late",
  wedged: "Stuck",
  drift: "Drift",
  watch: "48 hours after a publish",
};

/** What a channel is told, in a line. */
export function takesWords({ kinds, workflows }: Pick<Channel, "kinds" | "workflows">): string {
  const what = kinds.length === 0 ? "Everything" : kinds.map((k) => kindWords[k]).join(", ");
  return workflows.length === 0 ? what : `${what}; of ${workflows.join(", ")}`;
}
