import { createPart } from "@/shared";
import type { EditorProps, HandleProps } from "./editorProps";

/** The editor of texts with merge fields. It is large, and not needed where there are none. */
export const editor = createPart<EditorProps & HandleProps>(() => import("./LiquidEditor").then((m) => m.default));

/** Fetches the editor ahead, so that a text can be opened also while the server is away. */
export function fetchEditor() {
  void editor.fetch();
}
