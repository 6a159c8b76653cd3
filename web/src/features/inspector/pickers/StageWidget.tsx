import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call, type Schemas, useSession } from "@/api";
import { keyOf, notifyProblem } from "@/shared";
import { control, textOf } from "../form/control";
import type { WidgetProps } from "../form/scope";
import { Picker } from "./Picker";

type Stage = Schemas["Stage"];

/** A new stage goes before those that close a deal. */
export function withStage(stages: readonly Stage[], name: string): Stage[] {
  const at = stages.findIndex((s) => s.kind === "won" || s.kind === "lost");
  const made: Stage = { key: keyOf(name), name: name.trim(), kind: "open" };
  return stages.toSpliced(at < 0 ? stages.length : at, 0, made);
}

/** A pipeline with its stages, or null. It is looked up in the list: one that is still to be made is no failure. */
export const pipelineQuery = (key: string) => ({
  queryKey: ["pickers", "pipeline", key],
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    const list = await call(api.GET("/v1/pipelines", { params: { query: { limit: 500 } }, signal }));
    return list.items.find((pipeline) => pipeline.key === key) ?? null;
  },
  enabled: key !== "" && !key.includes("{{"),
  staleTime: 30_000,
});

/** A stage of the pipeline that stands beside it. */
export function StageWidget(props: WidgetProps) {
  const pipeline = textOf(props.siblings.pipeline);
  const value = textOf(props.value);
  const { may } = useSession();
  const client = useQueryClient();
  const { data, isFetching } = useQuery(pipelineQuery(pipeline));
  const making = useMutation({
    mutationFn: () =>
      call(
        api.PATCH("/v1/pipelines/{key}", {
          params: { path: { key: pipeline } },
          body: { stages: withStage(data?.stages ?? [], value) },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ["pickers"] }),
    onError: notifyProblem,
  });
  const key = keyOf(value);
  const makes = data && key && !value.includes("{{") && may("editor");
  return (
    <Picker
      {...control(props)}
      placeholder={props.placeholder ?? (pipeline ? "Choose or type a stage" : "Choose the pipeline first")}
      value={value}
      options={(data?.stages ?? []).map((s) => ({ value: s.key, label: s.name, hint: `${s.key} · ${s.kind}` }))}
      busy={isFetching || making.isPending}
      create={
        makes ? { value: key, words: `Create the stage ${key} in ${data.name}`, run: () => making.mutate() } : null
      }
      onChange={(v, how) => props.onChange(v || undefined, how)}
    />
  );
}
