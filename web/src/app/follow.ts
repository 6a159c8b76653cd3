import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { readFilter } from "@/features/enrollments/filter";
import { readPassageSearch } from "@/features/enrollments/passage/search";
import { readEventFilter } from "@/features/events/filter";
import { inside } from "./inside";
import { texts } from "./search";

const enrollments = createRoute({
  getParentRoute: () => inside,
  path: "/enrollments",
  validateSearch: readFilter,
  component: lazyRouteComponent(() => import("@/features/enrollments"), "EnrollmentsPage"),
});

const enrollment = createRoute({
  getParentRoute: () => inside,
  path: "/enrollments/$id",
  validateSearch: readPassageSearch,
  component: lazyRouteComponent(() => import("@/features/enrollments"), "EnrollmentPage"),
});

const failures = createRoute({
  getParentRoute: () => inside,
  path: "/failures",
  validateSearch: texts("workflow", "group"),
  component: lazyRouteComponent(() => import("@/features/failures"), "FailuresPage"),
});

const events = createRoute({
  getParentRoute: () => inside,
  path: "/events",
  validateSearch: readEventFilter,
  component: lazyRouteComponent(() => import("@/features/events"), "EventsPage"),
});

const contact = createRoute({
  getParentRoute: () => inside,
  path: "/contacts/$id",
  component: lazyRouteComponent(() => import("@/features/contact"), "ContactPage"),
});

/** The pages that follow contacts on their way. */
export const follow = [enrollments, enrollment, failures, events, contact] as const;
