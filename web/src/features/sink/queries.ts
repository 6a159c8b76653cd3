import { queryOptions } from "@tanstack/react-query";
import { ApiProblem } from "@/api";

export type SinkMail = {
  id: string;
  from: string;
  to: string[];
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string | string[]>;
  attachments: { name: string; type: string; size: number }[];
  received_at: string;
};

export type SinkText = { id: string; from: string; to: string; text: string; received_at: string };

/** Only a program in development has the sink; elsewhere its addresses do not exist. */
async function request<T>(method: "GET" | "DELETE", box: "mail" | "sms", to = ""): Promise<T[]> {
  const query = new URLSearchParams({ limit: "100", ...(to ? { to } : {}) });
  const response = await fetch(method === "GET" ? `/dev/${box}?${query}` : `/dev/${box}`, { method });
  if (!response.ok) throw new ApiProblem(response.status, "", "The mail sink does not answer", await response.text());
  return response.status === 204 ? [] : ((await response.json()) as { items: T[] }).items;
}

export const sinkQuery = (to: string) =>
  queryOptions({
    queryKey: ["sink", to],
    queryFn: () => request<SinkMail>("GET", "mail", to).then((items) => ({ items })),
    refetchInterval: 3_000,
  });

export const textsQuery = queryOptions({
  queryKey: ["sink", "texts", "all"],
  queryFn: () => request<SinkText>("GET", "sms"),
  refetchInterval: 3_000,
});

export const emptySink = () => Promise.all([request("DELETE", "mail"), request("DELETE", "sms")]);
