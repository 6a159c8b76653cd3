import type { How } from "../form/scope";
import { GroupView } from "./GroupView";
import { LeafView } from "./LeafView";
import { OtherRule } from "./OtherRule";
import { ruleOf, viewOf } from "./rules";

export type RuleProps = {
  value: unknown;
  pointer: string;
  /** What the rule is called among its neighbours, for screen readers: rule 2. */
  name: string;
  onChange: (value: unknown, how?: How) => void;
  /** Undefined where it cannot go away or move. */
  onRemove?: (() => void) | undefined;
  onMove?: ((by: 1 | -1) => void) | undefined;
};

/** One rule or group, drawn by what it is. */
export function RuleView(props: RuleProps) {
  const view = viewOf(props.value, props.pointer);
  const shared = { ...props, onView: (next: typeof view, how?: How) => props.onChange(ruleOf(next), how) };
  if (view.kind === "group") return <GroupView {...shared} view={view} />;
  if (view.kind === "leaf") return <LeafView {...shared} view={view} />;
  return <OtherRule {...props} />;
}
