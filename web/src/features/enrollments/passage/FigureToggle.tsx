import { ChartNoAxesColumn } from "lucide-react";
import { GuardedButton } from "@/shared";

type Props = {
  on: boolean;
  /** Null for a draft: nobody is counted there. */
  version: number | null;
  onChange: (on: boolean) => void;
};

/** Lays the figures of the version over the path, and takes them away. There is no canvas where it is narrow. */
export function FigureToggle({ on, version, onChange }: Props) {
  return (
    <GuardedButton
      size="xs"
      visibleFrom="md"
      variant={on ? "light" : "default"}
      aria-pressed={on}
      leftSection={<ChartNoAxesColumn size={14} aria-hidden />}
      reason={version ? null : "A test of a draft is counted nowhere."}
      onClick={() => onChange(!on)}
    >
      Figures
    </GuardedButton>
  );
}
