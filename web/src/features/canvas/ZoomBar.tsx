import { ActionIcon, Tooltip } from "@mantine/core";
import { Maximize, Minus, Plus } from "lucide-react";
import css from "./canvas.module.css";
import type { Camera } from "./useCamera";

/** Zoom buttons; the keys stand in their names. */
export function ZoomBar({ camera }: { camera: Camera }) {
  const buttons = [
    { name: "Zoom in", key: "+", icon: <Plus size={16} aria-hidden />, act: () => camera.zoom(1.25) },
    { name: "Zoom out", key: "−", icon: <Minus size={16} aria-hidden />, act: () => camera.zoom(0.8) },
    {
      name: "Full size",
      key: "0",
      icon: <span className={css.full} />,
      act: () => camera.zoom("full"),
    },
    { name: "Show everything", key: "1", icon: <Maximize size={16} aria-hidden />, act: camera.fit },
  ];
  return (
    <div className={css.zoom}>
      {buttons.map(({ name, key, icon, act }) => (
        <Tooltip key={name} label={`${name} (${key})`} position="right">
          <ActionIcon variant="default" size="md" aria-label={name} onClick={act}>
            {icon}
          </ActionIcon>
        </Tooltip>
      ))}
    </div>
  );
}
