import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useEffect, useState, useSyncExternalStore } from "react";
import { ApiProblem, sessionQuery } from "@/api";
import { createDraftStore, type Definition, type DraftStore } from "@/graph";
import { readWorkflow, saveDraft, type Workflow, workflowKey } from "../queries";
import { clean, type Failure, type Held, statusOf } from "../saving/autosave";
import { Autosaver } from "../saving/autosaver";
import { Unsaved } from "../saving/unsaved";

/** A draft that is open, with the state of its saving. */
export type Draft = ReturnType<typeof useDraft>;

export type Opened = { store: DraftStore; saver: Autosaver<Definition, Workflow> };

/** Opens the draft of a workflow for editing: everything that changes is saved by itself. */
export function useDraft(workflow: Workflow, definition: Definition) {
  const client = useQueryClient();
  const router = useRouter();
  const [draft] = useState<Opened>(() => {
    const heard = (answer: Workflow) => client.setQueryData(workflowKey(workflow.key), answer);
    return openDraft(workflow.key, { etag: workflow.draft.etag, definition }, heard);
  });
  const { store, saver } = draft;
  const saving = useSyncExternalStore(saver.subscribe, saver.snapshot);
  useEffect(() => store.subscribe((s) => saver.edited(s.definition)), [store, saver]);
  useEffect(() => watchPage(saver), [saver]);
  const signedOut = saving.problem instanceof ApiProblem && saving.problem.status === 401;
  useEffect(() => {
    if (!signedOut) return;
    client.setQueryData(sessionQuery.queryKey, null);
    void router.invalidate();
  }, [signedOut, client, router]);
  return { store, saver, saving, status: statusOf(saving) };
}

/** Drafts that were opened on this page. One that is still being saved goes on when somebody comes back to it. */
const opened = new Map<string, Opened>();

function openDraft(key: string, held: Held<Definition>, heard: (answer: Workflow) => void): Opened {
  const left = opened.get(key);
  if (left && !clean(left.saver.snapshot())) return left;
  const draft = newDraft(key, held, heard);
  opened.set(key, draft);
  return draft;
}

function newDraft(key: string, held: Held<Definition>, heard: (answer: Workflow) => void): Opened {
  const shown: { store?: DraftStore } = {};
  const saver = new Autosaver<Definition, Workflow>(held, {
    put: async (definition, etag, signal) => {
      const answer = await saveDraft(key, definition, etag, signal);
      return { etag: answer.draft.etag, answer };
    },
    get: async (signal) => {
      const answer = await readWorkflow(key, signal);
      return { etag: answer.draft.etag, definition: answer.draft.definition as Definition, answer };
    },
    classify,
    unsaved: new Unsaved<Definition>(localStorage, key, crypto.randomUUID()),
    show: (definition) => {
      shown.store?.getState().apply(() => definition, "Take the saved draft");
      notifications.show({ message: "The draft was changed elsewhere. You see it as it is saved now." });
    },
    heard,
  });
  const store = createDraftStore(saver.snapshot().local);
  shown.store = store;
  return { store, saver };
}

/** What a failed save means. */
export function classify(reason: unknown): Failure {
  if (!(reason instanceof ApiProblem)) return { kind: "offline" };
  if (reason.status === 412) return { kind: "moved" };
  if (reason.status === 0 || reason.status === 408 || reason.status === 429 || reason.status >= 500)
    return { kind: "offline" };
  return { kind: "refused", problem: reason };
}

/** Saves when the page is hidden or the network is back, looks for changes when it is seen again, and warns. */
function watchPage(saver: Autosaver<Definition, Workflow>) {
  const off = new AbortController();
  const { signal } = off;
  const seen = () => (document.visibilityState === "visible" ? void saver.check() : saver.hurry());
  addEventListener("online", () => saver.hurry(), { signal });
  addEventListener("focus", () => void saver.check(), { signal });
  document.addEventListener("visibilitychange", seen, { signal });
  addEventListener("beforeunload", (event) => !clean(saver.snapshot()) && event.preventDefault(), { signal });
  return () => {
    saver.hurry();
    off.abort();
  };
}
