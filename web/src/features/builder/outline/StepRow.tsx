import { ActionIcon, Badge, Menu, Text } from "@mantine/core";
import { CircleAlert, EllipsisVertical } from "lucide-react";
import { nodesOf } from "@/graph";
import { StepIcon } from "@/shared";
import { StepMenuItems } from "../editor/StepMenuItems";
import { useBuilder, useDefinition, useSelection } from "../page/context";
import classes from "./Outline.module.css";

type Props = { id: string; number: number; count: number; branch: string | undefined };

/** One step in the outline. */
export function StepRow({ id, number, count, branch }: Props) {
  const { specs, open, shown, summaries, readOnly } = useBuilder();
  const selection = useSelection();
  const node = nodesOf(useDefinition())[id];
  if (!node) return null;
  const spec = specs.get(node.type);
  const selected = selection?.kind === "step" && selection.id === id;
  const errors = shown.filter((p) => p.node === id && p.severity === "error").length;
  const title = spec?.title ?? node.type;
  const summary = summaries.nodes[id] ?? (node.name ? title : "Not set up yet");
  // What is seen stands in the name as it is seen, so that it can be called by voice.
  const label = [
    `Step ${number} of ${count}`,
    node.name ? `${title} ${node.name}` : title,
    summary,
    node.disabled && "disabled",
    errors > 0 && "incomplete",
    branch && `branch ${branch}`,
  ];
  return (
    <div className={classes.row} data-selected={selected || undefined}>
      <button
        type="button"
        className={classes.step}
        data-step={id}
        aria-label={label.filter(Boolean).join(", ")}
        aria-current={selected || undefined}
        onClick={() => open({ kind: "step", id })}
      >
        <span className={classes.icon} aria-hidden>
          <StepIcon name={spec?.icon ?? ""} />
        </span>
        <span className={classes.words}>
          <Text span size="sm" fw={600} truncate>
            {node.name || title}
          </Text>
          <Text span size="xs" c="dimmed" lineClamp={2}>
            {summary}
          </Text>
        </span>
        {node.disabled && (
          <Badge size="sm" color="gray" variant="outline" tt="none">
            disabled
          </Badge>
        )}
        {errors > 0 && <CircleAlert size={18} className={classes.alert} aria-hidden />}
      </button>
      <Menu position="bottom-end" shadow="md" width={220}>
        <Menu.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={`What can be done with ${node.name || title}`}
            disabled={readOnly !== null}
          >
            <EllipsisVertical size={16} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <StepMenuItems id={id} />
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}
