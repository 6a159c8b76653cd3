/** How often, as far as a form can say it; anything else is written as cron. */
export type Often = "hour" | "day" | "week" | "month" | "cron";

/** The parts of a plain schedule. `time` is HH:MM; of an hourly one only the minute counts. */
export type Plan = { often: Often; time: string; days: string[]; date: number };

const names = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const two = (n: number) => String(n).padStart(2, "0");

/** Reads a schedule that the form can show; undefined: it has to be shown as cron. */
export function readCron(cron: string): Plan | undefined {
  const [minute = "", hour = "", date = "", month = "", weekday = "", more] = cron.trim().toLowerCase().split(/\s+/);
  if (more !== undefined || month !== "*" || !within(minute, 59)) return undefined;
  if (hour === "*") {
    const plain = date === "*" && weekday === "*";
    return plain ? { often: "hour", time: `00:${two(Number(minute))}`, days: [], date: 1 } : undefined;
  }
  if (!within(hour, 23)) return undefined;
  const time = `${two(Number(hour))}:${two(Number(minute))}`;
  if (date === "*" && weekday === "*") return { often: "day", time, days: [], date: 1 };
  if (weekday === "*") {
    const known = within(date, 31) && Number(date) > 0;
    return known ? { often: "month", time, days: [], date: Number(date) } : undefined;
  }
  const days = date === "*" ? readDays(weekday) : undefined;
  return days && { often: "week", time, days, date: 1 };
}

const within = (text: string, most: number) => /^\d{1,2}$/.test(text) && Number(text) <= most;

function readDays(text: string): string[] | undefined {
  const at = (word: string) => (/^[0-7]$/.test(word) ? Number(word) % 7 : names.indexOf(word));
  const days = new Set<number>();
  for (const part of text.split(",")) {
    const [from = "", to = from, more] = part.split("-");
    const [first, last] = [at(from), to === "7" ? 7 : at(to)];
    if (more !== undefined || first < 0 || last < first) return undefined;
    for (let day = first; day <= last; day++) days.add(day % 7);
  }
  return [...days].sort((a, b) => ((a + 6) % 7) - ((b + 6) % 7)).map((day) => names[day] ?? "");
}

/** Writes a plan as cron. */
export function writeCron({ often, time, days, date }: Plan & { often: Exclude<Often, "cron"> }): string {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  if (often === "hour") return `${minute} * * * *`;
  const on = { day: "* * *", week: `* * ${days.join(",") || "mon"}`, month: `${date} * *` }[often];
  return `${minute} ${hour} ${on}`;
}
