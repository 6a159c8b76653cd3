import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { show } from "./render";

/** Like show, for pieces that hold links: every address shows the same. */
export function showRouted(ui: ReactNode) {
  const root = createRootRoute({ component: () => ui, notFoundComponent: () => ui });
  const router = createRouter({ routeTree: root, history: createMemoryHistory() });
  return show(<RouterProvider router={router} />);
}
