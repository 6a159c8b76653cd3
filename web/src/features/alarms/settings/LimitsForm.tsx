import { Group, Paper, SimpleGrid, Skeleton, Stack, Switch, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Schemas, useSession } from "@/api";
import { GuardedButton, ProblemAlert } from "@/shared";
import { alarmSettingsQuery, keys, patchAlarmSettings, type SettingsPatch } from "../queries";
import { beside, fieldErrors } from "./fieldErrors";
import { LimitInput } from "./LimitInput";
import { allDefaults, type LimitGroup, limitGroups, pointerOf, valueAt, withValue } from "./limits";

type Answer = Schemas["AlarmSettingsAnswer"];

/** When there is an alarm, for the account. */
export function LimitsForm() {
  const { data, error, refetch } = useQuery(alarmSettingsQuery(null));
  return (
    <section aria-label="Limits">
      <Title order={2} size="h4" mb="sm">
        When there is an alarm
      </Title>
      {error && <ProblemAlert problem={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={240} />}
      {data && <Fields answer={data} />}
    </section>
  );
}

const pointers = limitGroups.flatMap((g) => g.fields.map(pointerOf));

function Fields({ answer: { settings, own } }: { answer: Answer }) {
  const { lacks } = useSession();
  const client = useQueryClient();
  const [patch, setPatch] = useState<SettingsPatch>({});
  const save = useMutation({
    mutationFn: patchAlarmSettings,
    onSuccess: async () => {
      setPatch({});
      await client.invalidateQueries({ queryKey: keys.settings });
      notifications.show({ color: "teal", message: "The limits are saved. They hold from the next look on." });
    },
  });
  const at = fieldErrors(save.error);
  const reason = lacks("admin");
  const set = (part: keyof typeof settings, field: string | null, value: unknown) =>
    setPatch((now) => withValue(settings, now, part, field, value));
  const submit = (e: FormEvent) => {
    e.preventDefault();
    save.mutate(patch);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {limitGroups.map((group) => (
          <Paper key={group.title} withBorder p="sm" role="group" aria-label={group.title}>
            <Head
              group={group}
              on={group.part === null || valueAt(settings, patch, group.part, "on") === true}
              disabled={reason !== null}
              onSwitch={(on) => group.part && set(group.part, "on", on)}
            />
            {group.fields.length > 0 && (
              <SimpleGrid cols={{ base: 1, sm: 3 }} mt="xs">
                {group.fields.map((f) => (
                  <LimitInput
                    key={pointerOf(f)}
                    field={f}
                    group={group.title}
                    value={valueAt(settings, patch, f.part, f.field)}
                    error={at(pointerOf(f))}
                    disabled={reason !== null}
                    onChange={(value) => set(f.part, f.field, value)}
                  />
                ))}
              </SimpleGrid>
            )}
          </Paper>
        ))}
        <ProblemAlert problem={beside(save.error, pointers)} />
        <Group>
          <GuardedButton
            type="submit"
            loading={save.isPending}
            disabled={Object.keys(patch).length === 0}
            reason={reason}
          >
            Save
          </GuardedButton>
          {Object.keys(own).length > 0 && (
            <GuardedButton variant="default" reason={reason} onClick={() => save.mutate(allDefaults)}>
              Back to the defaults
            </GuardedButton>
          )}
        </Group>
      </Stack>
    </form>
  );
}

type HeadProps = { group: LimitGroup; on: boolean; disabled: boolean; onSwitch: (on: boolean) => void };

function Head({ group: { part, title, what }, on, disabled, onSwitch }: HeadProps) {
  return (
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
          disabled={disabled}
          onChange={(e) => onSwitch(e.currentTarget.checked)}
        />
      )}
    </Group>
  );
}
