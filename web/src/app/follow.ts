import { createRoute } from "@tanstack/react-router";
import { readFilter } from "@/features/enrollments/filter";
import { readPassageSearch } from "@/features/enrollments/passage/search";
import { readEventFilter } from "@/features/events/filter";
import { later, PageFrame } from "@/shared";
import { inside } from "./inside";
import { texts } from "./search";

const enrollments = createRoute({
  getParentRoute: () => inside,
  path: "/enrollments",
  validateSearch: readFilter,
  component: later(() => import("@/features/enrollments").then((m) => m.EnrollmentsPage), PageFrame),
});

const enrollment = createRoute({
  getParentRoute: () => inside,
  path: "/enrollments/$id",
  validateSearch: readPassageSearch,
  component: later(() => import("@/features/enrollments").then((m) => m.EnrollmentPage), PageFrame),
});

const failures = createRoute({
  getParentRoute: () => inside,
  path: "/failures",
  validateSearch: texts("workflow", "group"),
  component: later(() => import("@/features/failures").then((m) => m.FailuresPage), PageFrame),
});

const events = createRoute({
  getParentRoute: () => inside,
  path: "/events",
  validateSearch: readEventFilter,
  component: later(() => import("@/features/events").then((m) => m.EventsPage), PageFrame),
});

const contact = createRoute({
  getParentRoute: () => inside,
  path: "/contacts/$id",
  component: later(() => import("@/features/contact").then((m) => m.ContactPage), PageFrame),
});

/** The pages that follow contacts on their way. */
export const follow = [enrollments, enrollment, failures, events, contact] as const;
