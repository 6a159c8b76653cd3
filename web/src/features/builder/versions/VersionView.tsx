import { Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { createDraftStore, type Definition, readDefinition } from "@/graph";
import { EmptyState, ProblemAlert } from "@/shared";
import { BuilderContext, useBuilder } from "../page/context";
import { Drawing } from "../page/Drawing";
import type { View } from "../page/search";
import { versionQuery } from "../queries";

type Props = { version: number; view: View };

/** One published version, drawn like the draft; nothing can be changed. */
export function VersionView({ version, view }: Props) {
  const { workflow } = useBuilder();
  const { data, error } = useQuery(versionQuery(workflow.key, version));
  const read = data && readDefinition(data.definition);
  if (error) return <ProblemAlert problem={error} />;
  if (!read) return <Skeleton height="100%" />;
  if ("undrawable" in read)
    return <EmptyState title="This version cannot be drawn">{read.undrawable.message}</EmptyState>;
  return <Frozen key={version} definition={read.definition} view={view} />;
}

function Frozen({ definition, view }: { definition: Definition; view: View }) {
  const scope = useBuilder();
  const store = useMemo(() => createDraftStore(definition), [definition]);
  const frozen = useMemo(
    () => ({
      ...scope,
      store,
      problems: [],
      shown: [],
      summaries: { nodes: {}, triggers: {}, exits: {} },
      open: store.getState().select,
    }),
    [scope, store],
  );
  return (
    <BuilderContext value={frozen}>
      <Drawing view={view} />
    </BuilderContext>
  );
}
