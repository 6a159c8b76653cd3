import { Button, type ButtonProps, FileButton } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { FileUp } from "lucide-react";
import { useSession } from "@/api";
import { notifyProblem } from "@/shared";
import { createFromText } from "./create";

/** Creates a workflow from a file, YAML or JSON, and opens it in the builder. */
export function ImportWorkflowButton(props: ButtonProps) {
  const { may } = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const allowed = may("editor");
  const action = useMutation({
    mutationFn: async (file: File) => createFromText(await file.text()),
    onSuccess: async ({ key }) => {
      await client.invalidateQueries({ queryKey: ["workflows"] });
      await navigate({ to: "/workflows/$key", params: { key } });
    },
    onError: notifyProblem,
  });
  return (
    <FileButton
      accept=".yaml,.yml,.json,application/yaml,application/json"
      onChange={(file) => file && action.mutate(file)}
    >
      {(file) => (
        <Button
          variant="default"
          leftSection={<FileUp size={16} aria-hidden />}
          {...props}
          {...file}
          loading={action.isPending}
          disabled={!allowed}
          title={allowed ? undefined : "Your key may not create workflows: it lacks the scope editor"}
        >
          Import a file
        </Button>
      )}
    </FileButton>
  );
}
