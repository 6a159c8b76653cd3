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

/** Only a program in development has the sink; elsewhere its address does not exist. */
async function request(method: "GET" | "DELETE", to: string): Promise<{ items: SinkMail[] }> {
  const query = new URLSearchParams({ limit: "100", ...(to ? { to } : {}) });
  const response = await fetch(method === "GET" ? `/dev/mail?${query}` : "/dev/mail", { method });
  if (!response.ok) throw new ApiProblem(response.status, "", "The mail sink does not answer", await response.text());
  return response.status === 204 ? { items: [] } : ((await response.json()) as { items: SinkMail[] });
}

export const sinkQuery = (to: string) =>
  queryOptions({ queryKey: ["sink", to], queryFn: () => request("GET", to), refetchInterval: 3_000 });

export const emptySink = () => request("DELETE", "");
