import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { isSettingsTab, type SettingsTab } from "@/features/settings/tabs";
import { inside } from "./inside";
import { type Search, texts } from "./search";

const settings = createRoute({
  getParentRoute: () => inside,
  path: "/settings",
  validateSearch: (search: Search): { tab?: SettingsTab } => (isSettingsTab(search.tab) ? { tab: search.tab } : {}),
  component: lazyRouteComponent(() => import("@/features/settings"), "SettingsPage"),
});

const alarms = createRoute({
  getParentRoute: () => inside,
  path: "/alarms",
  validateSearch: texts("workflow"),
  component: lazyRouteComponent(() => import("@/features/alarms"), "AlarmsPage"),
});

const sink = createRoute({
  getParentRoute: () => inside,
  path: "/sink",
  validateSearch: texts("to", "mail"),
  component: lazyRouteComponent(() => import("@/features/sink"), "SinkPage"),
});

const pipelines = createRoute({
  getParentRoute: () => inside,
  path: "/pipelines",
  validateSearch: texts("pipeline"),
  component: lazyRouteComponent(() => import("@/features/pipelines"), "PipelinesPage"),
});

const gallery = createRoute({
  getParentRoute: () => inside,
  path: "/gallery",
  validateSearch: texts("category", "use"),
  component: lazyRouteComponent(() => import("@/features/gallery"), "GalleryPage"),
});

const mail = createRoute({
  getParentRoute: () => inside,
  path: "/mail",
  component: lazyRouteComponent(() => import("@/features/mail"), "MailPage"),
});

const template = createRoute({
  getParentRoute: () => inside,
  path: "/mail/$key",
  component: lazyRouteComponent(() => import("@/features/mail"), "TemplatePage"),
});

const contacts = createRoute({
  getParentRoute: () => inside,
  path: "/contacts",
  validateSearch: texts("query"),
  component: lazyRouteComponent(() => import("@/features/contacts"), "ContactsPage"),
});

const contactImport = createRoute({
  getParentRoute: () => inside,
  path: "/contacts/import",
  validateSearch: texts("job"),
  component: lazyRouteComponent(() => import("@/features/contacts"), "ImportPage"),
});

/** The pages around the workflows. */
export const places = [settings, alarms, sink, pipelines, gallery, mail, template, contacts, contactImport] as const;
