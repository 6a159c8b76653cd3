import {
  Activity,
  BellRing,
  ChartNoAxesGantt,
  Contact,
  Inbox,
  Kanban,
  LayoutTemplate,
  type LucideIcon,
  Mail,
  Settings,
  TriangleAlert,
  Workflow,
} from "lucide-react";

/** A section of the navigation. `to` is a path of the router. */
export type Section = { to: string; label: string; icon: LucideIcon; devOnly?: boolean };

export const sections: Section[] = [
  { to: "/workflows", label: "Workflows", icon: Workflow },
  { to: "/enrollments", label: "Enrollments", icon: ChartNoAxesGantt },
  { to: "/failures", label: "Failures", icon: TriangleAlert },
  { to: "/events", label: "Events", icon: Activity },
  { to: "/alarms", label: "Alarms", icon: BellRing },
  { to: "/gallery", label: "Gallery", icon: LayoutTemplate },
  { to: "/contacts", label: "Contacts", icon: Contact },
  { to: "/pipelines", label: "Pipelines", icon: Kanban },
  { to: "/mail", label: "Mail templates", icon: Mail },
  { to: "/settings", label: "Settings", icon: Settings },
  { to: "/sink", label: "Mail sink", icon: Inbox, devOnly: true },
];
