import { ActionIcon, Badge, Indicator } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { BellRing } from "lucide-react";
import { useOpenAlarms } from "@/features/alarms/open";

/** How many alarms are open, beside the name of their page; nothing when none is. */
export function OpenAlarms() {
  const open = useOpenAlarms();
  if (open === null) return null;
  return (
    <Badge color="red" variant="filled" size="sm" aria-label={`${open} open`} role="img">
      {open}
    </Badge>
  );
}

/** The way to open alarms where the sections are folded away. */
export function OpenAlarmsLink() {
  const open = useOpenAlarms();
  if (open === null) return null;
  return (
    <Indicator label={open} color="red" size={16} offset={6} hiddenFrom="sm">
      <ActionIcon
        component={Link}
        to="/alarms"
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={`Alarms, ${open} open`}
      >
        <BellRing size={18} aria-hidden />
      </ActionIcon>
    </Indicator>
  );
}
