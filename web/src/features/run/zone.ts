import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/api";
import type { Definition } from "@/graph";

const accountZoneQuery = {
  queryKey: ["account", "timezone"],
  queryFn: ({ signal }: { signal: AbortSignal }) => call(api.GET("/v1/account", { signal })),
  select: (account: { timezone: string }) => account.timezone,
  staleTime: 60_000,
};

/** The zone in which a passage of a contact counts its days: the workflow's, else the contact's, else the account's. */
export function zoneOf(
  definition: Definition,
  contact: string | null | undefined,
  account: string | undefined,
): string {
  const setting = definition.settings?.timezone;
  if (typeof setting === "string" && setting !== "" && setting !== "contact") return setting;
  return contact || account || "UTC";
}

export function useZone(definition: Definition, contact: string | null | undefined): string {
  const { data: account } = useQuery(accountZoneQuery);
  return zoneOf(definition, contact, account);
}
