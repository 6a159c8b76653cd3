import { Group } from "@mantine/core";
import { GuardedButton } from "@/shared";
import type { SettingsPatch } from "../queries";
import { allDefaults } from "./limits";

type Props = {
  workflow: string | null;
  changed: boolean;
  /** Something was set that can be taken back. */
  own: boolean;
  saving: boolean;
  reason: string | null;
  onReset: (all: SettingsPatch) => void;
};

/** Saves limits, or goes back to what holds without them. */
export function LimitButtons({ workflow, changed, own, saving, reason, onReset }: Props) {
  return (
    <Group>
      <GuardedButton type="submit" loading={saving} disabled={!changed} reason={reason}>
        {workflow === null ? "Save" : "Save the limits"}
      </GuardedButton>
      {own && (
        <GuardedButton variant="default" reason={reason} onClick={() => onReset(allDefaults)}>
          {workflow === null ? "Back to the defaults" : "All as the account has it"}
        </GuardedButton>
      )}
    </Group>
  );
}
