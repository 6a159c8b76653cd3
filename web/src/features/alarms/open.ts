import { useQuery } from "@tanstack/react-query";
import { useSession } from "@/api";
import { useLive } from "@/shared";
import { type Alarm, keys, openAlarmsQuery } from "./queries";
import { kindTitles, sentence } from "./words";

/** Reads alarms again when one opens, changes or is over. It is called once, for the whole page. */
export function useLiveAlarms() {
  const { session, may } = useSession();
  useLive(session !== null && may("viewer") ? { alarms: [keys.all] } : {});
}

function useOpen() {
  const { session, may } = useSession();
  return useQuery({ ...openAlarmsQuery(), enabled: session !== null && may("viewer") }).data;
}

/** How many alarms are open, as the navigation says it: "3", "100+"; null when none is. */
export function useOpenAlarms(): string | null {
  const data = useOpen();
  if (!data || data.items.length === 0) return null;
  return `${data.items.length}${data.next ? "+" : ""}`;
}

/** What is open about a workflow, in a word and in a sentence. */
export type OpenAlarm = Pick<Alarm, "id" | "kind"> & { title: string; words: string; known: boolean };

/** The open alarms by workflow. */
export function useOpenByWorkflow(): ReadonlyMap<string, readonly OpenAlarm[]> {
  return byWorkflow(useOpen()?.items ?? []);
}

/** Alarms by workflow, in their order; those of the whole account belong to none. */
export function byWorkflow(alarms: readonly Alarm[]): ReadonlyMap<string, readonly OpenAlarm[]> {
  const map = new Map<string, OpenAlarm[]>();
  for (const { id, kind, workflow, summary, acknowledged_at } of alarms) {
    if (workflow === null) continue;
    const known = acknowledged_at !== null;
    const words = `${sentence(summary)}.${known ? " Somebody knows of it." : ""}`;
    map.set(workflow, [...(map.get(workflow) ?? []), { id, kind, title: kindTitles[kind], words, known }]);
  }
  return map;
}
