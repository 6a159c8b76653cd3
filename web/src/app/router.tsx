import type { QueryClient } from "@tanstack/react-query";
import { createRoute, createRouter, redirect } from "@tanstack/react-router";
import { readBuilderSearch } from "@/features/builder/page/search";
import { readFiguresSearch } from "@/features/figures/search";
import { later, PageFrame } from "@/shared";
import { follow } from "./follow";
import { inside, root } from "./inside";
import { places } from "./places";
import { only, texts } from "./search";

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { back?: string } =>
    typeof search.back === "string" && /^\/(?!\/)/.test(search.back) ? { back: search.back } : {},
  component: later(() => import("@/features/sign-in").then((m) => m.SignInPage), PageFrame),
});

const home = createRoute({
  getParentRoute: () => inside,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/workflows" });
  },
});

const workflows = createRoute({
  getParentRoute: () => inside,
  path: "/workflows",
  validateSearch: texts("find", "status", "view"),
  component: later(() => import("@/features/workflows").then((m) => m.WorkflowsPage), PageFrame),
});

// Not from the feature's index: the address is read before the feature is loaded.
const builder = createRoute({
  getParentRoute: () => inside,
  path: "/workflows/$key",
  validateSearch: only(readBuilderSearch),
  component: later(() => import("@/features/builder").then((m) => m.BuilderPage), PageFrame),
});

const figures = createRoute({
  getParentRoute: () => inside,
  path: "/workflows/$key/figures",
  validateSearch: only(readFiguresSearch),
  component: later(() => import("@/features/figures/FiguresPage").then((m) => m.FiguresPage), PageFrame),
});

const backtest = createRoute({
  getParentRoute: () => inside,
  path: "/workflows/$key/backtest",
  validateSearch: texts("run"),
  component: later(() => import("@/features/backtest/BacktestPage").then((m) => m.BacktestPage), PageFrame),
});

const routes = root.addChildren([
  signIn,
  inside.addChildren([home, workflows, builder, backtest, figures, ...follow, ...places]),
]);

export function makeRouter(client: QueryClient) {
  return createRouter({ routeTree: routes, context: { client }, defaultPreload: "intent", scrollRestoration: true });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
