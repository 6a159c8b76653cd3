import { Badge } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { BellRing } from "lucide-react";
import type { OpenAlarm } from "@/features/alarms/open";

/** What is wrong with a workflow right now; each leads to its alarms. */
export function AlarmBadges({ workflow, alarms }: { workflow: string; alarms: readonly OpenAlarm[] }) {
  return alarms.map(({ id, title, words, known }) => (
    <Badge
      key={id}
      color="red"
      variant={known ? "light" : "filled"}
      size="lg"
      tt="none"
      leftSection={<BellRing size={13} aria-hidden />}
      title={words}
      aria-label={`Alarm: ${title}. ${words}`}
      style={{ cursor: "pointer" }}
      renderRoot={(props) => <Link to="/alarms" search={{ workflow }} {...props} />}
    >
      {title}
    </Badge>
  ));
}
