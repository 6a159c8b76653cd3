import type { Flight, PublishResult } from "../queries";

export type Place = NonNullable<PublishResult["nodes"]>[number];

/** The choice as it begins: nobody moves. */
export const atFirst: Flight = { in_flight: "stay", on_missing: "stay", retime: "credit", rate: "50/1s" };

/** What is sent: what is about moving people only where they are moved. */
export function asked({ in_flight, ...rest }: Flight): Flight {
  if (in_flight !== "migrate") return { ...atFirst, in_flight };
  return { in_flight, ...rest };
}

/** How many are inside. */
export function insideOf({ in_flight: { stay, migrate, exit } }: PublishResult): number {
  return stay + migrate + exit;
}

/** The places whose step the new version lacks, or that were led to another one by hand. */
export function gone(places: readonly Place[], map: Flight["map"]): string[] {
  const ids = places
    .filter((p) => p.node !== "" && (p.class === "deleted" || (map && p.node in map)))
    .map((p) => p.node);
  return [...new Set(ids)];
}

/** What becomes of the people of one place, in words; `name` says what a step is called. */
export function becomes(place: Pick<Place, "node" | "becomes" | "way">, name: (id: string) => string): string {
  const to = place.becomes;
  switch (place.way) {
    case "carry":
      return to === null || to === place.node ? "stay where they are" : `go on waiting in ${name(to)}`;
    case "enter":
      return to === null ? "move on" : `begin ${name(to)}`;
    case "stay":
      return "finish on their version";
    case "exit":
      return "leave the workflow";
    case "later":
      return "are moved after the action that is under way";
    case "finish":
      return "are at the end";
    default:
      return to === null ? "leave the workflow" : `are in ${name(to)}`;
  }
}

/** Why publishing has to wait for an answer; null: it need not. */
export function undecided(result: PublishResult, flight: Flight): string | null {
  if (flight.in_flight !== "migrate" || flight.spread || !result.leaving?.decide) return null;
  return "Say at which pace those go whose wait would end at once.";
}
