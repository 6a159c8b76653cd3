import { ActionIcon, Menu } from "@mantine/core";
import {
  Archive,
  CirclePause,
  CirclePlay,
  Copy,
  Download,
  EllipsisVertical,
  FileUp,
  History,
  Keyboard,
  Square,
} from "lucide-react";
import type { ReactNode } from "react";
import type { Lifecycle } from "@/features/lifecycle";

type Props = {
  lifecycle: readonly Lifecycle[];
  /** Why nothing of that may be done; null: it may. */
  forbidden: string | null;
  readOnly: boolean;
  onLifecycle: (what: Lifecycle) => void;
  onBacktest: () => void;
  onDuplicate: () => void;
  onExport: () => void;
  onImport: () => void;
  onKeys: () => void;
};

const entries: Record<Lifecycle, [words: string, icon: ReactNode]> = {
  pause: ["Pause …", <CirclePause key="i" size={16} aria-hidden />],
  resume: ["Resume …", <CirclePlay key="i" size={16} aria-hidden />],
  stop: ["Stop …", <Square key="i" size={16} aria-hidden />],
  start: ["Start", <CirclePlay key="i" size={16} aria-hidden />],
  archive: ["Archive …", <Archive key="i" size={16} aria-hidden />],
};

/** What is done to the workflow as a whole, and seldom. */
export function MoreMenu({ lifecycle, forbidden, readOnly, ...on }: Props) {
  return (
    <Menu position="bottom-end" width={240} shadow="md">
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label="More">
          <EllipsisVertical size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<History size={16} aria-hidden />} onClick={on.onBacktest}>
          Backtest on past events …
        </Menu.Item>
        <Menu.Item leftSection={<Copy size={16} aria-hidden />} onClick={on.onDuplicate}>
          Duplicate workflow …
        </Menu.Item>
        <Menu.Item leftSection={<Download size={16} aria-hidden />} onClick={on.onExport}>
          Export as YAML
        </Menu.Item>
        <Menu.Item leftSection={<FileUp size={16} aria-hidden />} onClick={on.onImport} disabled={readOnly}>
          Replace by a file …
        </Menu.Item>
        <Menu.Item leftSection={<Keyboard size={16} aria-hidden />} onClick={on.onKeys} rightSection="?">
          Keys
        </Menu.Item>
        <Menu.Divider />
        {forbidden && <Menu.Label>{forbidden}</Menu.Label>}
        {lifecycle.map((what) => (
          <Menu.Item
            key={what}
            leftSection={entries[what][1]}
            c={what === "archive" ? "red" : undefined}
            disabled={forbidden !== null}
            onClick={() => on.onLifecycle(what)}
          >
            {entries[what][0]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
