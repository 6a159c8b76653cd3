/** The browser's own zone. */
export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/**
 * The zone, if the browser knows it, otherwise the browser's own: the zone of a contact is whatever
 * somebody wrote, and a time in a zone that is none cannot be shown.
 */
export function knownZone(zone: string | undefined): string {
  if (!zone) return ownZone;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }) && zone;
  } catch {
    return ownZone;
  }
}

/** An instant in words in a zone, the zone named: "Mon 9 Mar 2026 09:00 (Europe/Berlin)". */
export function localTime(at: string, zone: string = ownZone): string {
  const known = knownZone(zone);
  return `${localParts(at, known)} (${known})`;
}

function localParts(at: string, zone: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }).format(date);
  const day = part({ weekday: "short", day: "numeric", month: "short", year: "numeric" }).replace(/,/g, "");
  return `${day} ${part({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" })}`;
}

const steps: [limit: number, seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [60, 1, "second"],
  [3600, 60, "minute"],
  [86_400, 3600, "hour"],
  [86_400 * 45, 86_400, "day"],
  [86_400 * 548, 86_400 * 30.44, "month"],
  [Number.POSITIVE_INFINITY, 86_400 * 365.25, "year"],
];

/** The distance of an instant from now: "5 minutes ago", "in 3 days". */
export function ago(at: string, now: number = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  const [, size, unit] = steps.find(([limit]) => Math.abs(seconds) < limit) ?? [0, 1, "second" as const];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** All IANA zones that the browser knows, UTC first. */
export function zones(): string[] {
  return ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];
}
