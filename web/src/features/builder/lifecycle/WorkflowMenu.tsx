import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useSession } from "@/api";
import { type Lifecycle, possible } from "@/features/lifecycle";
import { notifyProblem } from "@/shared";
import { saveFile } from "../files/saveFile";
import { useBuilder } from "../page/context";
import { readYaml, start, workflowKey } from "../queries";
import { MoreMenu } from "./MoreMenu";

/** The menu of the workflow that is open. */
export function WorkflowMenu() {
  const { workflow, ask, readOnly, search, flush } = useBuilder();
  const { may } = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const starting = useMutation({
    mutationFn: () => start(workflow.key),
    onSuccess: (changed) => {
      client.setQueryData(workflowKey(workflow.key), changed);
      notifications.show({ message: "Started. Triggers enroll again." });
    },
    onError: notifyProblem,
  });
  const exporting = useMutation({
    mutationFn: async () => {
      if (readOnly === null) await flush();
      return readYaml(workflow.key, search.version);
    },
    onSuccess: (text) =>
      saveFile(`${workflow.key}${search.version ? `-v${search.version}` : ""}.yaml`, text, "application/yaml"),
    onError: notifyProblem,
  });
  const backtesting = useMutation({
    mutationFn: async () => {
      // What is carried through is the draft that the server holds.
      if (readOnly === null) await flush();
      await navigate({ to: "/workflows/$key/backtest", params: { key: workflow.key } });
    },
    onError: notifyProblem,
  });
  const onLifecycle = (what: Lifecycle) => (what === "start" ? starting.mutate() : ask({ kind: "lifecycle", what }));
  return (
    <MoreMenu
      lifecycle={possible(workflow.status)}
      forbidden={may("publisher") ? null : "These need the scope publisher"}
      readOnly={readOnly !== null}
      onLifecycle={onLifecycle}
      onBacktest={() => backtesting.mutate()}
      onDuplicate={() => ask({ kind: "duplicate" })}
      onExport={() => exporting.mutate()}
      onImport={() => ask({ kind: "import" })}
      onKeys={() => ask({ kind: "keys" })}
    />
  );
}
