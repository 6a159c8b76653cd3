import { Paper, SimpleGrid, Skeleton, Stack, Text, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Schemas, useSession } from "@/api";
import { ProblemAlert } from "@/shared";
import { alarmSettingsQuery, keys, patchAlarmSettings, type SettingsPatch } from "../queries";
import { beside, fieldErrors } from "./fieldErrors";
import { LimitButtons } from "./LimitButtons";
import { LimitHead } from "./LimitHead";
import { LimitInput } from "./LimitInput";
import { limitGroups, ownParts, pointerOf, valueAt, withValue } from "./limits";

type Props = {
  /** Whose limits; null: those of the account. */
  workflow: string | null;
  /** In a narrow panel everything stands in one column. */
  narrow?: boolean;
};

/** When there is an alarm: for the account, or for one workflow that wants it otherwise. */
export function LimitsForm({ workflow, narrow = false }: Props) {
  const { data, error, refetch } = useQuery(alarmSettingsQuery(workflow));
  return (
    <section aria-label="Limits">
      <Title order={workflow === null ? 2 : 3} size={workflow === null ? "h4" : "h5"} mb="sm">
        When there is an alarm
      </Title>
      {workflow !== null && (
        <Text size="sm" c="dimmed" mb="sm">
          What is not set here is as the account has it. It holds at once, without a publish.
        </Text>
      )}
      {error && <ProblemAlert problem={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton height={240} />}
      {data && <Fields answer={data} workflow={workflow} narrow={narrow} />}
    </section>
  );
}

const pointers = limitGroups.flatMap((g) => g.fields.map(pointerOf));

type FieldsProps = Required<Props> & { answer: Schemas["AlarmSettingsAnswer"] };

function Fields({ answer: { settings, own }, workflow, narrow }: FieldsProps) {
  const { lacks } = useSession();
  const client = useQueryClient();
  const [patch, setPatch] = useState<SettingsPatch>({});
  const save = useMutation({
    mutationFn: (body: SettingsPatch) => patchAlarmSettings(workflow, body),
    onSuccess: async () => {
      setPatch({});
      await client.invalidateQueries({ queryKey: keys.settings });
      notifications.show({ color: "teal", message: "The limits are saved. They hold from the next look on." });
    },
  });
  const at = fieldErrors(save.error);
  const reason = lacks(workflow === null ? "admin" : "publisher");
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
            <LimitHead
              group={group}
              on={group.part === null || valueAt(settings, patch, group.part, "on") === true}
              own={workflow !== null && ownParts(group, own).length > 0}
              reason={reason}
              onSwitch={(on) => group.part && set(group.part, "on", on)}
              onReset={() => save.mutate(Object.fromEntries(ownParts(group, own).map((part) => [part, null])))}
            />
            {group.fields.length > 0 && (
              <SimpleGrid cols={narrow ? 1 : { base: 1, sm: 3 }} mt="xs">
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
        <LimitButtons
          workflow={workflow}
          changed={Object.keys(patch).length > 0}
          own={Object.keys(own).length > 0}
          saving={save.isPending}
          reason={reason}
          onReset={(all) => save.mutate(all)}
        />
      </Stack>
    </form>
  );
}
