import { Badge, Group, Switch, Text } from "@mantine/core";
import { GuardedButton } from "@/shared";
import type { LimitGroup } from "./limits";

type Props = {
  group: LimitGroup;
  on: boolean;
  /** This workflow has its own. */
  own: boolean;
  /** Why nothing can be changed; null: it can. */
  reason: string | null;
  onSwitch: (on: boolean) => void;
  onReset: () => void;
};

/** What a group of limits is about, whether it is looked for, and whether the workflow has its own. */
export function LimitHead({ group: { part, title, what }, on, own, reason, onSwitch, onReset }: Props) {
  return (
    <>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <div>
          <Text fw={600}>{title}</Text>
          <Text size="sm" c="dimmed">
            {what}
          </Text>
        </div>
        {part !== null && (
          <Switch
            label={on ? "On" : "Off"}
            aria-label={`${title}: on`}
            checked={on}
            disabled={reason !== null}
            onChange={(e) => onSwitch(e.currentTarget.checked)}
          />
        )}
      </Group>
      {own && (
        <Group gap="xs" mt={6}>
          <Badge variant="light" tt="none">
            of this workflow alone
          </Badge>
          <GuardedButton
            size="compact-xs"
            variant="subtle"
            reason={reason}
            aria-label={`${title}: as the account has it`}
            onClick={onReset}
          >
            As the account has it
          </GuardedButton>
        </Group>
      )}
    </>
  );
}
