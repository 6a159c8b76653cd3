import { useState } from "react";
import { isCounted } from "../counted";
import { type Action, actions, type Details, lacking } from "../operate/actions";
import { DetailFields } from "../operate/DetailFields";
import { type Choice, orderOf, previewBatch, scopeOf, startBatch } from "./batch";
import { MassDialog } from "./MassDialog";

function whom(choice: Choice): string {
  if (choice.by === "rows") return `${choice.rows.length} selected`;
  return isCounted(choice.filter) ? "all of this count" : "all that match the filter";
}

type Props = { action: Action; choice: Choice; onClose: () => void };

/** One action for all who are chosen in the list. */
export function BatchDialog({ action, choice: now, onClose }: Props) {
  const [details, setDetails] = useState<Details>({});
  // Whom it was asked for: the list behind the dialog may change meanwhile.
  const [choice] = useState(now);
  const { label, does } = actions[action];
  const scope = scopeOf(choice);
  const body = orderOf(action, choice, details);
  return (
    <MassDialog
      title={`${label}: ${whom(choice)}`}
      verb={label}
      does={action === "skip" || action === "release" ? `${does} Each leaves by its main way.` : does}
      danger={action === "exit"}
      lacking={lacking(action, details)}
      order={[action, body.filter, body.node]}
      preview={(signal) => previewBatch(body, signal)}
      start={(rate) => startBatch(body, rate)}
      onClose={onClose}
    >
      <DetailFields
        action={action}
        details={details}
        onChange={setDetails}
        ports={[]}
        scope={scope && { ...scope, chooseVersion: false }}
      />
    </MassDialog>
  );
}
