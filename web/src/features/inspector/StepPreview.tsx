import type { NodeDef } from "@/graph";
import type { How } from "./form/scope";
import { AsTemplate } from "./mail/AsTemplate";
import { MailPreview } from "./mail/MailPreview";
import { TryIt } from "./request/TryIt";
import { WaitPreview } from "./time/WaitPreview";

type Props = { node: NodeDef; readOnly: boolean; onSettings: (value: Record<string, unknown>, how: How) => void };

/** What the server shows of a step beyond its form; types that it can show nothing of have none. */
export function StepPreview({ node, readOnly, onSettings }: Props) {
  switch (node.type) {
    case "wait":
    case "wait_until":
    case "wait_event":
    case "approval":
    case "window":
      return <WaitPreview type={node.type} value={node.with} />;
    case "email":
      return (
        <>
          {!readOnly && <AsTemplate value={node.with} onChange={onSettings} />}
          <MailPreview value={node.with} />
        </>
      );
    case "webhook":
    case "slack":
      return <TryIt type={node.type} value={node.with} onSettings={onSettings} />;
    default:
      return null;
  }
}
