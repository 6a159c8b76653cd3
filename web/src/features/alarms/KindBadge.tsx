import { Badge } from "@mantine/core";
import { BellOff, Clock, type LucideIcon, OctagonAlert, Split, TriangleAlert } from "lucide-react";
import type { Kind } from "./queries";
import { kindTitles } from "./words";

const signs: Record<Kind, LucideIcon> = {
  error_rate: TriangleAlert,
  silence: BellOff,
  lateness: Clock,
  wedged: OctagonAlert,
  drift: Split,
};

/** What kind of trouble it is: word and sign; red while it is open. */
export function KindBadge({ kind, open }: { kind: Kind; open: boolean }) {
  const Icon = signs[kind];
  return (
    <Badge
      color={open ? "red" : "gray"}
      variant="light"
      size="lg"
      tt="none"
      leftSection={<Icon size={14} aria-hidden />}
    >
      {kindTitles[kind]}
    </Badge>
  );
}
