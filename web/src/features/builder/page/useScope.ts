import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { useStore } from "zustand";
import { ApiProblem, useSession } from "@/api";
import type { Overlay } from "@/features/canvas";
import type { Selection, Specs } from "@/graph";
import { makeActions } from "../editor/actions";
import { createQuiet } from "../editor/quiet";
import { sayWithUndo } from "../editor/toast";
import type { Draft } from "../editor/useDraft";
import { withoutQuiet } from "../problems/places";
import { validateDraft, type Workflow, workflowKey } from "../queries";
import type { BuilderScope, Dialog } from "./context";
import { focusFirstEmpty } from "./focus";
import type { BuilderSearch } from "./search";
import { useNotes } from "./useNotes";
import { useRenaming } from "./useRenaming";
import { useSelectionInAddress } from "./useSelectionInAddress";

const route = getRouteApi("/inside/workflows/$key");

type Given = { workflow: Workflow; specs: Specs; draft: Draft; ask: (dialog: Dialog | null) => void };

/** Puts together what the parts of the builder share. */
export function useScope({ workflow, specs, draft: { store, saver }, ask }: Given): BuilderScope {
  const client = useQueryClient();
  const { may } = useSession();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [quiet] = useState(createQuiet);
  const [overlay, setOverlay] = useState<Overlay | null>(null);
  const silent = useStore(quiet, (s) => s.ids);
  const go = useCallback(
    (change: Partial<BuilderSearch>) =>
      void navigate({
        search: (before: BuilderSearch) => ({ ...before, ...change }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  useSelectionInAddress(store, search.step, go);
  const open = useCallback(
    (target: Selection | null, focus?: "first empty") => {
      const { selection, select } = store.getState();
      if (selection?.kind === "step") quiet.speak(selection.id);
      select(target);
      go({ tab: undefined, version: undefined });
      if (focus) focusFirstEmpty();
    },
    [store, quiet, go],
  );
  const actions = useMemo(() => {
    const say = (words: string, undo?: boolean) =>
      undo ? sayWithUndo(store, words) : void notifications.show({ message: words, autoClose: 3000 });
    const refuse = (why: string) =>
      void notifications.show({ color: "orange", title: "Not possible here", message: why });
    return makeActions({ store, quiet, specs, open, say, refuse });
  }, [store, quiet, specs, open]);
  const notes = useNotes(actions, go);
  const naming = useRenaming(actions);
  const judged = useQuery({
    queryKey: [...workflowKey(workflow.key), "judgement", workflow.draft.etag],
    queryFn: () => validateDraft(workflow.key),
    initialData: { problems: workflow.draft.problems, summaries: workflow.draft.summaries },
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { refetch } = judged;
  const { problems, summaries } = judged.data;
  const shown = useMemo(() => withoutQuiet(problems, silent), [problems, silent]);
  const readOnly = whyReadOnly(workflow, may("editor"), search.version);
  const revalidate = useCallback(async () => {
    await refetch();
    await client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "workflow" });
  }, [refetch, client]);
  const flush = useCallback(() => saver.flush().catch(asUnsaved), [saver]);
  const lasting = useMemo(
    () => ({ specs, store, quiet, actions, go, open, ask, revalidate, flush, setOverlay }),
    [specs, store, quiet, actions, go, open, ask, revalidate, flush],
  );
  // The same while somebody types, so that what does not show the definition is not drawn again.
  return useMemo(
    () => ({ ...lasting, ...notes, ...naming, workflow, problems, shown, summaries, overlay, search, readOnly }),
    [lasting, notes, naming, workflow, problems, shown, summaries, overlay, search, readOnly],
  );
}

function asUnsaved(why: unknown): never {
  if (why instanceof ApiProblem) throw why;
  throw new ApiProblem(0, "unsaved", "The draft is not saved yet", why instanceof Error ? why.message : "");
}

function whyReadOnly(workflow: Workflow, mayEdit: boolean, version: number | undefined): string | null {
  if (version !== undefined) return `You are looking at version ${version}.`;
  if (workflow.status === "archived") return "This workflow is archived.";
  if (!mayEdit) return "Your key lacks the scope editor.";
  return null;
}
