import { useQuery } from "@tanstack/react-query";
import { useSession } from "@/api";
import { openAlarmsQuery } from "./queries";

/** How many alarms are open, as the navigation says it: "3", "100+"; null when none is. */
export function useOpenAlarms(): string | null {
  const { session, may } = useSession();
  const { data } = useQuery({ ...openAlarmsQuery, enabled: session !== null && may("viewer") });
  if (!data || data.items.length === 0) return null;
  return `${data.items.length}${data.next ? "+" : ""}`;
}
