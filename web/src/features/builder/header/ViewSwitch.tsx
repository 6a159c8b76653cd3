import { SegmentedControl, VisuallyHidden } from "@mantine/core";
import { List, Network } from "lucide-react";
import { useBuilder } from "../page/context";
import { useView } from "../page/useView";

/** Canvas or outline. */
export function ViewSwitch() {
  const { go } = useBuilder();
  return (
    <SegmentedControl
      size="xs"
      aria-label="How the workflow is drawn"
      value={useView()}
      onChange={(view) => go({ view: view === "outline" ? "outline" : "canvas" })}
      data={[
        { value: "canvas", label: <Look icon={Network} words="Canvas" /> },
        { value: "outline", label: <Look icon={List} words="Outline" /> },
      ]}
    />
  );
}

function Look({ icon: Icon, words }: { icon: typeof List; words: string }) {
  return (
    <span title={words} style={{ display: "grid", placeItems: "center", minHeight: 20, minWidth: 24 }}>
      <Icon size={16} aria-hidden />
      <VisuallyHidden>{words}</VisuallyHidden>
    </span>
  );
}
