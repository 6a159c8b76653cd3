import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { readFilter } from "@/features/enrollments/filter";
import { inside } from "./inside";

const enrollments = createRoute({
  getParentRoute: () => inside,
  path: "/enrollments",
  validateSearch: readFilter,
  component: lazyRouteComponent(() => import("@/features/enrollments"), "EnrollmentsPage"),
});

/** The pages that follow contacts on their way. */
export const follow = [enrollments] as const;
