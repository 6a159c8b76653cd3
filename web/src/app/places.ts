import { createRoute } from "@tanstack/react-router";
import { isSettingsTab, type SettingsTab } from "@/features/settings/tabs";
import { later, PageFrame } from "@/shared";
import { inside } from "./inside";
import { type Search, texts } from "./search";

const settings = createRoute({
  getParentRoute: () => inside,
  path: "/settings",
  validateSearch: (search: Search): { tab?: SettingsTab } => (isSettingsTab(search.tab) ? { tab: search.tab } : {}),
  component: later(() => import("@/features/settings").then((m) => m.SettingsPage), PageFrame),
});

const alarms = createRoute({
  getParentRoute: () => inside,
  path: "/alarms",
  validateSearch: texts("workflow"),
  component: later(() => import("@/features/alarms").then((m) => m.AlarmsPage), PageFrame),
});

const sink = createRoute({
  getParentRoute: () => inside,
  path: "/sink",
  validateSearch: texts("to", "mail"),
  component: later(() => import("@/features/sink").then((m) => m.SinkPage), PageFrame),
});

const pipelines = createRoute({
  getParentRoute: () => inside,
  path: "/pipelines",
  validateSearch: texts("pipeline"),
  component: later(() => import("@/features/pipelines").then((m) => m.PipelinesPage), PageFrame),
});

const gallery = createRoute({
  getParentRoute: () => inside,
  path: "/gallery",
  validateSearch: texts("category", "use"),
  component: later(() => import("@/features/gallery").then((m) => m.GalleryPage), PageFrame),
});

const mail = createRoute({
  getParentRoute: () => inside,
  path: "/mail",
  component: later(() => import("@/features/mail").then((m) => m.MailPage), PageFrame),
});

const template = createRoute({
  getParentRoute: () => inside,
  path: "/mail/$key",
  component: later(() => import("@/features/mail").then((m) => m.TemplatePage), PageFrame),
});

const contacts = createRoute({
  getParentRoute: () => inside,
  path: "/contacts",
  validateSearch: texts("query"),
  component: later(() => import("@/features/contacts").then((m) => m.ContactsPage), PageFrame),
});

const contactImport = createRoute({
  getParentRoute: () => inside,
  path: "/contacts/import",
  validateSearch: texts("job"),
  component: later(() => import("@/features/contacts").then((m) => m.ImportPage), PageFrame),
});

/** The pages around the workflows. */
export const places = [settings, alarms, sink, pipelines, gallery, mail, template, contacts, contactImport] as const;
