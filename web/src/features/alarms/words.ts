import { percent } from "@/shared/percent";
import type { Alarm, AlarmSettings, Change, Kind } from "./queries";

/** What the kinds are called, as in the notices that channels get. */
export const kindTitles: Record<Kind, string> = {
  error_rate: "Errors",
  silence: "Silence",
  lateness: "Late",
  wedged: "Stuck",
  drift: "Drift",
};

const units: Record<string, [seconds: number, one: string]> = {
  s: [1, "second"],
  m: [60, "minute"],
  h: [3_600, "hour"],
  d: [86_400, "day"],
  w: [604_800, "week"],
};

const counted = (n: number, one: string) => `${n.toLocaleString("en")} ${one}${n === 1 ? "" : "s"}`;

/** A length as the settings write it, in words: "15m" is "15 minutes". What is none stays as it is. */
export function lengthWords(length: string): string {
  const [, amount, unit = ""] = length.match(/^(\d+)([smhdw])$/) ?? [];
  const known = units[unit];
  return amount && known ? counted(Number(amount), known[1]) : length;
}

/** Seconds in the two largest units that they fill: "3 hours 20 minutes". */
export function secondsWords(seconds: number): string {
  const sizes = [units.d, units.h, units.m, units.s].filter((u) => u !== undefined);
  const first = sizes.findIndex(([size]) => seconds >= size);
  if (first < 0) return "0 seconds";
  let rest = Math.floor(seconds);
  const parts: string[] = [];
  for (const [size, one] of sizes.slice(first, first + 2)) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n > 0) parts.push(counted(n, one));
  }
  return parts.join(" ");
}

/** How far two shares lie apart, in percentage points: "20 points". */
export const pointsWords = (by: number) => counted(Math.round(by * 1000) / 10, "point");

/** The number that was measured under a name; undefined when it was not. */
function measured(alarm: Alarm, name: string): number | undefined {
  const value = alarm.measured[name];
  return typeof value === "number" ? value : undefined;
}

/** The step that most of the trouble is at; undefined when no step is named. */
export function stepOf(alarm: Alarm): string | undefined {
  const { node } = alarm.measured;
  return typeof node === "string" && node !== "" ? node : undefined;
}

/** What was measured, in words; null when the summary already says all. */
export function valueWords(alarm: Alarm): string | null {
  const of = (name: string) => measured(alarm, name);
  switch (alarm.kind) {
    case "error_rate": {
      const [errors, attempted, rate] = [of("errors"), of("attempted"), of("rate")];
      if (errors === undefined || attempted === undefined || rate === undefined) return null;
      return `${errors.toLocaleString("en")} of ${counted(attempted, "step")} failed, ${percent(rate)}`;
    }
    case "silence": {
      const silent = of("silent_s");
      return silent === undefined ? null : `nobody for ${secondsWords(silent)}`;
    }
    case "lateness": {
      const longest = of("longest_s") ?? of("router_age_s") ?? of("dispatcher_age_s");
      if (longest === undefined) return null;
      const late = of("late");
      return `${late === undefined ? "late" : `${late.toLocaleString("en")} late`} by up to ${secondsWords(longest)}`;
    }
    case "wedged": {
      const runs = of("runs");
      const queues = of("queues");
      if (runs !== undefined) return `${counted(runs, "run")}`;
      return queues === undefined ? null : `queues of ${counted(queues, "contact")}`;
    }
    case "drift": {
      const [now, before] = [of("now"), of("before")];
      return now === undefined || before === undefined ? null : `${percent(now)} instead of ${percent(before)}`;
    }
  }
}

/** From what on there is an alarm of a kind, as it is set now. */
export function limitWords(alarm: Alarm, { error_rate, silence, lateness, drift }: AlarmSettings): string {
  switch (alarm.kind) {
    case "error_rate":
      return `${percent(error_rate.rate)} and at least ${error_rate.min.toLocaleString("en")}, within ${lengthWords(error_rate.within)}`;
    case "silence": {
      const usual = measured(alarm, "usual_s");
      const own = usual === undefined ? "the longest usual time" : `the longest usual time (${secondsWords(usual)})`;
      return `${silence.factor} times ${own}, and at least ${lengthWords(silence.after)}`;
    }
    case "lateness":
      return `${lengthWords(lateness.after)} after an enrollment was due`;
    case "wedged":
      return "the first one";
    case "drift":
      return `${pointsWords(drift.by)} within ${lengthWords(drift.within)}, and at least ${drift.min} counted`;
  }
}

const slug = encodeURIComponent;

/** Where the page shows what was changed; null when it shows no such thing. */
export function changeLink({ action, subject }: Change): string | null {
  const [family, what] = action.split(".");
  const gone = what === "delete";
  switch (family) {
    case "workflow":
      return `/workflows/${slug(subject)}${what === "publish" || what === "rollback" ? "?tab=versions" : ""}`;
    case "email_template":
      return gone ? "/mail" : `/mail/${slug(subject)}`;
    case "pipeline":
      return gone ? "/pipelines" : `/pipelines?pipeline=${slug(subject)}`;
    case "secret":
      return "/settings?tab=secrets";
    case "api_key":
      return "/settings?tab=keys";
    case "account":
      return "/settings?tab=account";
    case "release":
      return "/settings?tab=engine";
    default:
      return null;
  }
}

/** A clause as a sentence of its own. */
export const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
