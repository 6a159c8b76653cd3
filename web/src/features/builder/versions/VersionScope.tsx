import { Box, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { createDraftStore, type Definition, readDefinition, type Selection } from "@/graph";
import { EmptyState, ProblemAlert } from "@/shared";
import { BuilderContext, type BuilderScope, useBuilder } from "../page/context";
import { summariesQuery, versionQuery } from "../queries";

type Props = { version: number; children: ReactNode };

/** Lets what stands inside work on one published version instead of the draft; nothing can be changed. */
export function VersionScope({ version, children }: Props) {
  const { workflow } = useBuilder();
  const { data, error } = useQuery(versionQuery(workflow.key, version));
  const read = data && readDefinition(data.definition);
  if (error) {
    return (
      <Box p="md" flex={1}>
        <ProblemAlert problem={error} />
      </Box>
    );
  }
  if (!read) return <Skeleton height="100%" />;
  if ("undrawable" in read) {
    return <EmptyState title="This version cannot be drawn">{read.undrawable.message}</EmptyState>;
  }
  return (
    <Frozen key={version} definition={read.definition} version={version}>
      {children}
    </Frozen>
  );
}

function Frozen({ definition, version, children }: Props & { definition: Definition }) {
  const scope = useBuilder();
  const store = useMemo(() => createDraftStore(definition), [definition]);
  const { data } = useQuery(summariesQuery(scope.workflow.key, version, definition));
  const frozen = useMemo((): BuilderScope => {
    const open = (target: Selection | null) => {
      store.getState().select(target);
      scope.go({ tab: target ? undefined : "versions" });
    };
    const summaries = data?.summaries ?? { nodes: {}, triggers: {}, exits: {} };
    return { ...scope, store, problems: [], shown: [], summaries, open };
  }, [scope, store, data]);
  return <BuilderContext value={frozen}>{children}</BuilderContext>;
}
