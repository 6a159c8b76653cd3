import type { ComponentType } from "react";
import type { EditorProps, HandleProps } from "./editorProps";

type Editor = ComponentType<EditorProps & HandleProps>;
type State = { readonly editor: Editor | null /** The last attempt to fetch it failed. */; readonly failed: boolean };

/** Keeps a part of the page that is fetched when it is needed, and fetched again after a failure. */
export function createEditorStore(load: () => Promise<{ default: Editor }>) {
  let state: State = { editor: null, failed: false };
  let under: Promise<void> | null = null;
  const heard = new Set<() => void>();
  const put = (next: State) => {
    state = next;
    for (const hear of heard) hear();
  };
  const fetch = (): Promise<void> => {
    if (state.editor) return Promise.resolve();
    under ??= load()
      .then(
        (loaded) => put({ editor: loaded.default, failed: false }),
        () => put({ editor: null, failed: true }),
      )
      .finally(() => {
        under = null;
      });
    return under;
  };
  const subscribe = (hear: () => void) => {
    heard.add(hear);
    return () => void heard.delete(hear);
  };
  return { snapshot: () => state, subscribe, fetch };
}

export type EditorStore = ReturnType<typeof createEditorStore>;

/** The editor of texts with merge fields. It is large, and not needed where there are none. */
export const editorStore = createEditorStore(() => import("./LiquidEditor"));

/** Fetches the editor ahead, so that a text can be opened also while the server is away. */
export function fetchEditor() {
  void editorStore.fetch();
}
