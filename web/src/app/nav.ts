import { ChartNoAxesGantt, type LucideIcon, Workflow } from "lucide-react";

/** A section of the navigation. `to` is a path of the router. */
export type Section = { to: string; label: string; icon: LucideIcon; devOnly?: boolean };

export const sections: Section[] = [
  { to: "/workflows", label: "Workflows", icon: Workflow },
  { to: "/enrollments", label: "Enrollments", icon: ChartNoAxesGantt },
];
