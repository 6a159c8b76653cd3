import { Badge } from "@mantine/core";
import { Radio, RefreshCw, WifiOff } from "lucide-react";
import { useLiveState } from "../live";
import type { LiveState } from "../stream";

const looks = {
  live: { words: "Live", color: "teal", icon: Radio, title: "Changes appear by themselves" },
  reconnecting: { words: "Reconnecting", color: "yellow", icon: RefreshCw, title: "The connection is being made" },
  polling: { words: "Reconnecting", color: "yellow", icon: RefreshCw, title: "Read again every 5 seconds meanwhile" },
  offline: { words: "Offline", color: "red", icon: WifiOff, title: "Fermata does not answer; what you see may be old" },
} satisfies Record<Exclude<LiveState, "idle">, unknown>;

/** Says whether the page shows what is, or what was. */
export function LiveBadge() {
  const state = useLiveState();
  if (state === "idle") return null;
  const { words, color, icon: Icon, title } = looks[state];
  return (
    <Badge
      color={color}
      variant="light"
      tt="none"
      leftSection={<Icon size={12} aria-hidden />}
      title={title}
      role="status"
    >
      {words}
    </Badge>
  );
}
