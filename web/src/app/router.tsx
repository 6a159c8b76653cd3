import type { QueryClient } from "@tanstack/react-query";
import { createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { readBuilderSearch } from "@/features/builder/page/search";
import { readFiguresSearch } from "@/features/figures/search";
import { follow } from "./follow";
import { inside, root } from "./inside";
import { places } from "./places";
import { only, texts } from "./search";

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { back?: string } =>
    typeof search.back === "string" && /^\/(?!\/)/.test(search.back) ? { back: search.back } : {},
  component: lazyRouteComponent(() => import("@/features/sign-in"), "SignInPage"),
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
  component: lazyRouteComponent(() => import("@/features/workflows"), "WorkflowsPage"),
});

// Not from the feature's index: the address is read before the feature is loaded.
const builder = createRoute({
  getParentRoute: () => inside,
  path: "/workflows/$key",
  validateSearch: only(readBuilderSearch),
  component: lazyRouteComponent(() => import("@/features/builder"), "BuilderPage"),
});

const figures = createRoute({
  getParentRoute: () => inside,
  path: "/workflows/$key/figures",
  validateSearch: only(readFiguresSearch),
  component: lazyRouteComponent(() => import("@/features/figures/FiguresPage"), "FiguresPage"),
});

const backtest = createRoute({
  getParentRoute: () => inside,
  path: "/workflows/$key/backtest",
  validateSearch: texts("run"),
  component: lazyRouteComponent(() => import("@/features/backtest/BacktestPage"), "BacktestPage"),
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
