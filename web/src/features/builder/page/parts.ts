import { fetchLifecycleDialog } from "@/features/lifecycle";
import { DialogFrame, FillFrame, LinesFrame, later } from "@/shared";

// What the first look at a workflow does not need. It comes when it is opened, or as soon as the page rests.

export const FormPanel = later(() => import("../panel/FormPanel").then((m) => m.FormPanel), LinesFrame);
export const RunPanel = later(() => import("../panel/RunPanel").then((m) => m.RunPanel), LinesFrame);
export const VersionsPanel = later(() => import("../versions/VersionsPanel").then((m) => m.VersionsPanel), LinesFrame);
export const ProblemList = later(() => import("../problems/ProblemList").then((m) => m.ProblemList), LinesFrame);
export const Outline = later(() => import("../outline/Outline").then((m) => m.Outline), FillFrame);
export const FigureBar = later(() => import("@/features/figures").then((m) => m.FigureBar), FillFrame);
export const Dialogs = later(() => import("./Dialogs").then((m) => m.Dialogs), DialogFrame);

/** In the order in which somebody is likely to want them. */
const parts = [FormPanel, Dialogs, RunPanel, ProblemList, VersionsPanel, Outline];

/** Without it a text is a plain field, which asks for it itself. */
const fetchEditor = () =>
  import("@/features/inspector").then(
    (m) => m.fetchEditor(),
    () => undefined,
  );

/** Loads one part after the other; then each opens at once, also while the server is away. */
export async function fetchParts(): Promise<void> {
  for (const part of parts) await part.preload();
  await fetchLifecycleDialog();
  await fetchEditor();
}
