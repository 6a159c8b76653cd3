import { lazy, Suspense } from "react";
import type { DialogProps, Lifecycle } from "./dialogs";

const QuestionDialog = lazy(() => import("./QuestionDialog").then((m) => ({ default: m.QuestionDialog })));

/** The dialog of what was chosen; starting asks nothing. It is fetched when it is first asked for. */
export function LifecycleDialog(props: DialogProps & { what: Lifecycle | null }) {
  if (props.what === null) return null;
  return (
    <Suspense fallback={null}>
      <QuestionDialog {...props} />
    </Suspense>
  );
}
