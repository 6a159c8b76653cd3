import { Button, type ButtonProps } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Plus } from "lucide-react";
import { useSession } from "@/api";
import { WorkflowForm } from "./WorkflowForm";

/** Creates an empty workflow and opens it in the builder. */
export function NewWorkflowButton(props: ButtonProps) {
  const [opened, { open, close }] = useDisclosure();
  const { may } = useSession();
  const allowed = may("editor");
  return (
    <>
      <Button
        leftSection={<Plus size={16} aria-hidden />}
        {...props}
        disabled={!allowed}
        title={allowed ? undefined : "Your key may not create workflows: it lacks the scope editor"}
        onClick={open}
      >
        New workflow
      </Button>
      {opened && (
        <WorkflowForm
          title="New workflow"
          verb="Create"
          name=""
          make={async (name, key) => ({ schema: 1, key, name, nodes: {} })}
          onClose={close}
        />
      )}
    </>
  );
}
