import { useQuery } from "@tanstack/react-query";
import { api, call, type Schemas } from "@/api";
import { humanised } from "@/shared";
import { useForm } from "../form/scope";
import { usePreviewContact } from "../previews/usePreviewContact";
import { useAnswers, withAnswers } from "../request/answers";

export type KnownPath = Schemas["KnownPath"];

const attributes = ["email", "first_name", "last_name", "phone", "country", "timezone", "external_id"];
const typeOfField = {
  text: "text",
  number: "number",
  boolean: "boolean",
  date: "date",
  datetime: "date",
  json: "object",
} as const;

function contactPath(path: string, type: KnownPath["type"], source: KnownPath["source"]): KnownPath {
  return { path: `contact.${path}`, label: humanised(path), type, sample: null, source };
}

/** The paths of contacts alone, for conditions outside of any workflow. */
async function contactPaths(signal: AbortSignal): Promise<KnownPath[]> {
  const { items } = await call(api.GET("/v1/fields", { params: { query: { limit: 500 } }, signal }));
  return [
    ...attributes.map((a) => contactPath(a, "text", "contact")),
    contactPath("created_at", "date", "contact"),
    contactPath("tags", "list", "contact"),
    ...items.map((f) => contactPath(f.key, typeOfField[f.type], "field")),
  ];
}

/** What the data of an event holds, as `event.` paths. */
function useEventPaths(type: string | undefined): KnownPath[] {
  const { data } = useQuery({
    queryKey: ["event-types"],
    queryFn: ({ signal }) => call(api.GET("/v1/event-types", { signal })),
    enabled: type !== undefined,
    staleTime: 60_000,
  });
  const known = data?.items.find((e) => e.type === type)?.data ?? [];
  return known.map((d) => ({ path: `event.${d.key}`, label: d.label, type: d.type, sample: null, source: "event" }));
}

/** The merge fields and condition fields that exist here, with the values of the chosen contact. */
export function usePaths({ event, filter }: { event?: string | undefined; filter?: boolean } = {}) {
  const { context } = useForm();
  const contact = usePreviewContact().id;
  const { workflow } = context;
  const nodeId = context.stored === false ? undefined : context.nodeId;
  const found = useQuery({
    queryKey: ["paths", workflow, nodeId, contact],
    queryFn: async ({ signal }) => {
      if (!workflow) return contactPaths(signal);
      const query = { ...(contact ? { contact } : {}), ...(nodeId ? { node: nodeId } : {}) };
      return (await call(api.GET("/v1/workflows/{key}/paths", { params: { path: { key: workflow }, query }, signal })))
        .items;
    },
    staleTime: 15_000,
    retry: false,
    placeholderData: (before) => before,
  });
  const candidate = useEventPaths(event);
  const seen = useAnswers((s) => s.byName);
  const known = withAnswers(found.data ?? [], workflow ?? "", seen);
  const all = [...candidate, ...known.filter((p) => !candidate.some((c) => c.path === p.path))];
  const paths = filter ? all.filter((p) => p.source !== "event" && p.source !== "trigger") : all;
  return { paths, busy: found.isFetching };
}
