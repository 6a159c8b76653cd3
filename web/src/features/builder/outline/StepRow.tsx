import { Badge, Text, VisuallyHidden } from "@mantine/core";
import { CircleAlert } from "lucide-react";
import { memo } from "react";
import { useStore } from "zustand";
import { stateWord } from "@/features/canvas";
import type { NodeDef } from "@/graph";
import { NameInput, StepIcon } from "@/shared";
import { useBuilder } from "../page/context";
import classes from "./Outline.module.css";
import { RowMenu } from "./RowMenu";

const looks: Record<string, string> = {
  done: "teal",
  failed: "red",
  diverged: "red",
  untested: "orange",
  partly: "orange",
  expected: "orange",
};

type Props = { id: string; node: NodeDef; number: number; count: number; branch: string | undefined };

/** One step in the outline. */
export const StepRow = memo(function StepRow({ id, node, number, count, branch }: Props) {
  const { specs, store, open, shown, summaries, readOnly, overlay, renaming, rename, renamed } = useBuilder();
  const spec = specs.get(node.type);
  const selected = useStore(store, ({ selection }) => selection?.kind === "step" && selection.id === id);
  const errors = shown.filter((p) => p.node === id && p.severity === "error").length;
  const title = spec?.title ?? node.type;
  const over = overlay?.nodes[id];
  const state = over?.state && stateWord(over.state).toLowerCase();
  const summary = over?.label ?? summaries.nodes[id] ?? (node.name ? title : "Not set up yet");
  const label = [
    `Step ${number} of ${count}`,
    node.name ? `${title} ${node.name}` : title,
    summary,
    node.disabled && "disabled",
    errors > 0 && "incomplete",
    state,
    branch && `branch ${branch}`,
    node.note && `note: ${node.note}`,
  ];
  if (renaming === id && readOnly === null) {
    return (
      <div className={classes.row} data-selected={selected || undefined}>
        <div className={classes.step}>
          <span className={classes.icon} aria-hidden>
            <StepIcon name={spec?.icon ?? ""} />
          </span>
          <NameInput
            name={node.name ?? ""}
            otherwise={node.name || title}
            className={classes.naming}
            onDone={(name, byKey) => renamed(id, name, byKey)}
          />
        </div>
      </div>
    );
  }
  return (
    <div className={classes.row} data-selected={selected || undefined}>
      <button
        type="button"
        className={classes.step}
        data-step={id}
        aria-current={selected || undefined}
        onClick={() => open({ kind: "step", id })}
        onDoubleClick={() => readOnly === null && rename(id)}
      >
        <span className={classes.icon} aria-hidden>
          <StepIcon name={spec?.icon ?? ""} />
        </span>
        <VisuallyHidden>{label.filter(Boolean).join(", ")}</VisuallyHidden>
        <span className={classes.words} aria-hidden>
          <Text span size="sm" fw={600} truncate>
            {node.name || title}
          </Text>
          <Text span size="xs" c="dimmed" lineClamp={2}>
            {summary}
          </Text>
        </span>
        {node.disabled && (
          <Badge size="sm" color="gray" variant="outline" tt="none" aria-hidden>
            disabled
          </Badge>
        )}
        {state && (
          <Badge size="sm" color={looks[over?.state ?? ""] ?? "gray"} variant="light" tt="none" aria-hidden>
            {state}
          </Badge>
        )}
        {errors > 0 && <CircleAlert size={18} className={classes.alert} aria-hidden />}
      </button>
      <RowMenu id={id} name={node.name || title} reason={readOnly} />
    </div>
  );
});
