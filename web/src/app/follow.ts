import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { readFilter } from "@/features/enrollments/filter";
import { inside } from "./inside";

type Search = Record<string, unknown>;

const enrollments = createRoute({
  getParentRoute: () => inside,
  path: "/enrollments",
  validateSearch: readFilter,
  component: lazyRouteComponent(() => import("@/features/enrollments"), "EnrollmentsPage"),
});

const enrollment = createRoute({
  getParentRoute: () => inside,
  path: "/enrollments/$id",
  validateSearch: (search: Search): { step?: string } => (typeof search.step === "string" ? { step: search.step } : {}),
  component: lazyRouteComponent(() => import("@/features/enrollments"), "EnrollmentPage"),
});

/** The pages that follow contacts on their way. */
export const follow = [enrollments, enrollment] as const;
