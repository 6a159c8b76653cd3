import { lazy } from "react";

const load = () => import("./LiquidEditor");

/** The editor of texts with merge fields. It is large, and not needed where there are none. */
export const LiquidEditor = lazy(load);

/** Fetches the editor ahead, so that a text can be opened also while the server is away. */
export function fetchEditor() {
  load().catch(() => {
    // It is fetched when it is needed.
  });
}
