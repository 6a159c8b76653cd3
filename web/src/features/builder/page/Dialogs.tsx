import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { LifecycleDialog } from "@/features/lifecycle";
import type { Definition } from "@/graph";
import { CompareDialog } from "../conflict/CompareDialog";
import { RemoveDialog } from "../editor/RemoveDialog";
import { DuplicateWorkflow } from "../files/DuplicateWorkflow";
import { ImportDialog } from "../files/ImportDialog";
import { StepFinder } from "../finder/StepFinder";
import { InsertDialog } from "../picker/InsertDialog";
import { PlaceDialog } from "../picker/PlaceDialog";
import { RuleDialog } from "../picker/RuleDialog";
import { WayDialog } from "../picker/WayDialog";
import { PublishDialog } from "../publish/PublishDialog";
import { RollbackDialog } from "../publish/RollbackDialog";
import { type Workflow, workflowKey } from "../queries";
import type { Autosaver } from "../saving/autosaver";
import { VersionScope } from "../versions/VersionScope";
import { type Dialog, useBuilder } from "./context";
import { KeysDialog } from "./KeysDialog";

type Props = {
  dialog: Dialog;
  onClose: () => void;
  /** The draft that was saved elsewhere, while there is a conflict. */
  theirs: Definition | null;
  saver: Autosaver<Definition, Workflow>;
};

/** The dialog that is asked for. */
export function Dialogs({ dialog, onClose, theirs, saver }: Props) {
  const { workflow, search } = useBuilder();
  const client = useQueryClient();
  const onDone = (changed: Workflow, message: string) => {
    client.setQueryData(workflowKey(workflow.key), changed);
    notifications.show({ message });
    onClose();
  };
  switch (dialog.kind) {
    case "pick":
      return <InsertDialog slot={dialog.slot} also={dialog.also ?? []} onClose={onClose} />;
    case "rule":
      return <RuleDialog list={dialog.list} onClose={onClose} />;
    case "remove":
      return <RemoveDialog id={dialog.id} onClose={onClose} />;
    case "move":
      return <PlaceDialog id={dialog.id} onClose={onClose} />;
    case "connect":
      return <PlaceDialog slot={dialog.slot} onClose={onClose} />;
    case "way":
      return <WayDialog id={dialog.id} to={dialog.to} onClose={onClose} />;
    case "lifecycle":
      return <LifecycleDialog what={dialog.what} workflow={workflow} onClose={onClose} onDone={onDone} />;
    case "publish":
      return <PublishDialog onClose={onClose} />;
    case "rollback":
      return <RollbackDialog version={dialog.version} onClose={onClose} />;
    case "compare":
      return theirs && <CompareDialog theirs={theirs} onChoose={(keep) => saver.choose(keep)} onClose={onClose} />;
    case "duplicate":
      return <DuplicateWorkflow onClose={onClose} />;
    case "import":
      return <ImportDialog onClose={onClose} />;
    case "find": {
      const finder = <StepFinder onClose={onClose} />;
      // An old version has steps of its own.
      return search.version === undefined ? finder : <VersionScope version={search.version}>{finder}</VersionScope>;
    }
    case "keys":
      return <KeysDialog onClose={onClose} />;
  }
}
