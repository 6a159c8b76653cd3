import { Anchor, Button, Group, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { ChartColumn, ChevronLeft, Rocket } from "lucide-react";
import { useEffect, useMemo } from "react";
import { useStore } from "zustand";
import { useSession } from "@/api";
import { historyLabels } from "@/graph";
import { StatusBadge } from "@/shared";
import { FindButton } from "../finder/FindButton";
import { WorkflowMenu } from "../lifecycle/WorkflowMenu";
import { useBuilder, useDefinition, useSelection } from "../page/context";
import { FigureSwitch } from "../page/FigureSwitch";
import { NotesSwitch } from "../page/NotesSwitch";
import { targetName } from "../page/target";
import { ProblemsChip } from "../problems/ProblemsChip";
import { placesOf } from "../problems/places";
import { problemText } from "../problems/words";
import type { Status } from "../saving/autosave";
import classes from "./Header.module.css";
import { NameField } from "./NameField";
import { SavedState } from "./SavedState";
import { TabBar } from "./TabBar";
import { UndoButtons } from "./UndoButtons";
import { ViewSwitch } from "./ViewSwitch";

type Props = { status: Status; problem: unknown; onRetry: () => void };

/** What stands above the drawing: whose it is, whether it is saved, what is left to do. */
export function Header({ status, problem, onRetry }: Props) {
  const { workflow, specs, shown, actions, readOnly, open, ask, revalidate, search } = useBuilder();
  const { range, from, to, version } = search;
  const definition = useDefinition();
  const selection = useSelection();
  const name = definition.name || workflow.key;
  const places = useMemo(() => placesOf(shown, definition, specs), [shown, definition, specs]);
  useEffect(() => {
    document.title = `${name} · Fermata`;
  }, [name]);
  return (
    <header className={classes.header}>
      <div className={classes.line}>
        <Group gap="xs" wrap="nowrap" className={classes.title}>
          <Anchor component={Link} to="/workflows" aria-label="All workflows" className={classes.back}>
            <ChevronLeft size={20} aria-hidden />
          </Anchor>
          <NameField name={name} readOnly={readOnly !== null} onRename={actions.rename} />
          <span className={classes.badge}>
            <StatusBadge status={workflow.status} />
          </span>
          {workflow.active > 0 && (
            <Anchor
              size="sm"
              className={classes.badge}
              renderRoot={(props) => <Link to="/enrollments" search={{ workflow: workflow.key }} {...props} />}
            >
              {workflow.active.toLocaleString("en")} inside
            </Anchor>
          )}
        </Group>
        <Group gap="xs" wrap="nowrap" className={classes.state}>
          <SavedState
            status={status}
            why={problemText(problem)}
            onCompare={() => ask({ kind: "compare" })}
            onRetry={onRetry}
          />
        </Group>
        <Group gap="xs" wrap="nowrap" className={classes.actions}>
          {readOnly === null && <History />}
          <PublishButton />
          <WorkflowMenu />
        </Group>
      </div>
      <div className={classes.line}>
        <TabBar />
        <Group gap="sm" justify="flex-end" className={classes.actions}>
          {readOnly === null && (
            <ProblemsChip
              places={places}
              open={selection && targetName(selection)}
              onOpen={open}
              onFixed={revalidate}
            />
          )}
          <Anchor
            size="sm"
            className={classes.dashboard}
            renderRoot={(props) => (
              <Link
                to="/workflows/$key/figures"
                params={{ key: workflow.key }}
                search={{ range, from, to, version }}
                {...props}
              />
            )}
          >
            <ChartColumn size={16} aria-hidden /> Dashboard
          </Anchor>
          <FindButton />
          <NotesSwitch />
          <FigureSwitch />
          <ViewSwitch />
        </Group>
      </div>
    </header>
  );
}

function History() {
  const { store } = useBuilder();
  useStore(store, (draft) => draft.revision);
  const { undo = null, redo = null } = historyLabels(store);
  const { undo: back, redo: again } = store.getState();
  return <UndoButtons undo={undo} redo={redo} onUndo={back} onRedo={again} />;
}

function PublishButton() {
  const { ask, readOnly, quiet } = useBuilder();
  const { may } = useSession();
  const why = may("publisher") ? readOnly : "Your key may not publish: it lacks the scope publisher.";
  return (
    <Tooltip label={why} disabled={why === null} multiline maw={280}>
      <Button
        leftSection={<Rocket size={16} aria-hidden />}
        data-disabled={why !== null || undefined}
        aria-disabled={why !== null}
        aria-description={why ?? undefined}
        onClick={() => {
          if (why !== null) return;
          quiet.speak();
          ask({ kind: "publish" });
        }}
      >
        Publish
      </Button>
    </Tooltip>
  );
}
