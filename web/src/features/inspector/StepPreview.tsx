import type { NodeDef } from "@/graph";
import { WaitPreview } from "./time/WaitPreview";

/** What the server shows of a step beyond its form; types that it can show nothing of have none. */
export function StepPreview({ node }: { node: NodeDef }) {
  switch (node.type) {
    case "wait":
    case "wait_until":
    case "wait_event":
    case "window":
      return <WaitPreview type={node.type} value={node.with} />;
    default:
      return null;
  }
}
