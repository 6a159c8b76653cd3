import { Badge } from "@mantine/core";
import {
  Archive,
  Ban,
  CheckCircle2,
  CircleDashed,
  CircleHelp,
  Clock,
  Hand,
  type LucideIcon,
  PauseCircle,
  Play,
  SkipForward,
  Square,
  XCircle,
} from "lucide-react";

const looks: Record<string, [color: string, icon: LucideIcon]> = {
  draft: ["gray", CircleDashed],
  active: ["teal", Play],
  paused: ["yellow", PauseCircle],
  stopped: ["orange", Square],
  archived: ["gray", Archive],
  running: ["blue", Play],
  waiting: ["cyan", Clock],
  held: ["orange", Hand],
  completed: ["teal", CheckCircle2],
  exited: ["gray", Ban],
  failed: ["red", XCircle],
  done: ["teal", CheckCircle2],
  unknown: ["orange", CircleHelp],
  dropped: ["gray", Ban],
  suppressed: ["gray", Ban],
  skipped: ["gray", SkipForward],
  canceled: ["gray", Ban],
};

/** A status of a workflow, an enrollment or a step: word, colour and sign. */
export function StatusBadge({ status }: { status: string }) {
  const [color, Icon] = looks[status] ?? ["gray", CircleDashed];
  return (
    <Badge color={color} variant="light" leftSection={<Icon size={12} aria-hidden />} tt="none" autoContrast>
      {status}
    </Badge>
  );
}
