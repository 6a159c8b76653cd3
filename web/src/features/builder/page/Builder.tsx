import { useEffect, useState } from "react";
import type { Definition, Specs } from "@/graph";
import { whenIdle } from "@/shared";
import { ConflictBanner } from "../conflict/ConflictBanner";
import type { Draft } from "../editor/useDraft";
import { useDraft } from "../editor/useDraft";
import { Header } from "../header/Header";
import type { Workflow } from "../queries";
import { Banners } from "./Banners";
import classes from "./Builder.module.css";
import { BuilderContext, type Dialog } from "./context";
import { Dialogs, fetchParts } from "./parts";
import { useKeys } from "./useKeys";
import { useScope } from "./useScope";
import { Workbench } from "./Workbench";

type Props = { workflow: Workflow; saved: Definition; specs: Specs };

/** The builder on one workflow: header, drawing, inspector, and what they open. */
export function Builder({ workflow, saved, specs }: Props) {
  const draft: Draft = useDraft(workflow, saved);
  const [dialog, ask] = useState<Dialog | null>(null);
  const scope = useScope({ workflow, specs, draft, ask });
  const keys = useKeys(scope, dialog !== null);
  useEffect(() => whenIdle(() => void fetchParts()), []);
  return (
    <BuilderContext value={scope}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the whole builder, heard where they are not used */}
      <div className={classes.page} onKeyDown={keys}>
        <Header status={draft.status} problem={draft.saving.problem} onRetry={() => draft.saver.retry()} />
        {draft.saving.theirs && <ConflictBanner saver={draft.saver} />}
        <Banners />
        <Workbench />
      </div>
      {dialog && (
        <Dialogs
          dialog={dialog}
          onClose={() => ask(null)}
          theirs={draft.saving.theirs?.definition ?? null}
          saver={draft.saver}
        />
      )}
    </BuilderContext>
  );
}
