import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Asked, askedFor } from "./days";
import { analyticsQuery, zoneQuery } from "./queries";
import type { Range } from "./search";

/** A range as the server is asked for it; undefined until the account's zone is known. */
export function useAsked({ range, from, to }: Range): Asked | undefined {
  const { data: zone, error } = useQuery(zoneQuery);
  return useMemo(() => {
    // Without the account the days of UTC are near enough to ask for.
    const known = zone ?? (error ? "UTC" : undefined);
    return known === undefined ? undefined : askedFor({ range, from, to }, known, Date.now());
  }, [zone, error, range, from, to]);
}

/** The figures of a workflow in a range, and beside them those of a second version. */
export function useFigures(key: string, asked: Asked | undefined, version?: number, compare?: number) {
  const first = useQuery(analyticsQuery(key, asked, version));
  const second = useQuery(analyticsQuery(key, compare ? asked : undefined, compare));
  return { first, second: compare ? second : null };
}
