import { Group, NumberInput, Select, SimpleGrid, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ApiProblem, api, call, type Schemas, useSession } from "@/api";
import { GuardedButton, ProblemAlert, zones } from "@/shared";
import { accountQuery } from "./queries";

type Patch = Schemas["AccountPatch"];
const consents = ["subscribed", "unsubscribed", "none"] as const;

/** The account: name, zone, currency, sender, caps. */
export function AccountForm() {
  const { data, error, refetch } = useQuery(accountQuery());
  if (error) return <ProblemAlert problem={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton height={240} />;
  return <Fields account={data} />;
}

function Fields({ account }: { account: Schemas["Account"] }) {
  const { lacks } = useSession();
  const client = useQueryClient();
  const [patch, setPatch] = useState<Patch>({});
  const now = { ...account, ...patch };
  const set = (change: Patch) => setPatch((p) => ({ ...p, ...change }));
  const save = useMutation({
    mutationFn: (body: Patch) => call(api.PATCH("/v1/account", { body })),
    onSuccess: (saved) => {
      client.setQueryData(accountQuery().queryKey, saved);
      setPatch({});
      notifications.show({ color: "teal", message: "The account is saved." });
    },
  });
  const at = (pointer: string) =>
    save.error instanceof ApiProblem
      ? save.error
          .at(pointer)
          .map((e) => e.message)
          .join("; ") || undefined
      : undefined;
  const submit = (e: FormEvent) => {
    e.preventDefault();
    save.mutate(patch);
  };
  const reason = lacks("admin");
  const readOnly = reason !== null;
  return (
    <form onSubmit={submit}>
      <Stack maw={760}>
        {readOnly && <Text>Only a key with the scope admin may change the account.</Text>}
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput
            label="Name"
            description="Shown on the page where people unsubscribe"
            value={now.name ?? ""}
            error={at("/name")}
            disabled={readOnly}
            onChange={(e) => set({ name: e.currentTarget.value })}
          />
          <TextInput
            label="Sender of mails"
            placeholder="Studio Berg <hello@example.com>"
            description="Used where a step names none"
            value={now.mail_from ?? ""}
            error={at("/mail_from")}
            disabled={readOnly}
            onChange={(e) => set({ mail_from: e.currentTarget.value })}
          />
          <Select
            label="Time zone"
            description="Of contacts without one, and of figures per day"
            data={zones()}
            searchable
            value={now.timezone}
            error={at("/timezone")}
            disabled={readOnly}
            onChange={(v) => v && set({ timezone: v })}
          />
          <TextInput
            label="Currency"
            description="Three letters, ISO 4217"
            maxLength={3}
            value={now.currency}
            error={at("/currency")}
            disabled={readOnly}
            onChange={(e) => set({ currency: e.currentTarget.value.toUpperCase() })}
          />
          <NumberInput
            label="Cost of an hour of work"
            description="What saved time is worth"
            min={0}
            value={now.hourly_cost ?? 0}
            error={at("/hourly_cost")}
            disabled={readOnly}
            onChange={(v) => typeof v === "number" && set({ hourly_cost: v })}
          />
          <Select
            label="Consent of new contacts"
            description="Until they say otherwise"
            data={[...consents]}
            allowDeselect={false}
            value={now.default_consent}
            error={at("/default_consent")}
            disabled={readOnly}
            onChange={(v) => v && set({ default_consent: v as (typeof consents)[number] })}
          />
          <TextInput
            label="Cap of marketing mails"
            description="Per contact over all workflows, such as 3/7d; empty for none"
            value={now.frequency_cap ?? ""}
            error={at("/frequency_cap")}
            disabled={readOnly}
            onChange={(e) => set({ frequency_cap: e.currentTarget.value || null })}
          />
        </SimpleGrid>
        <ProblemAlert problem={save.error} />
        <Group>
          <GuardedButton
            type="submit"
            loading={save.isPending}
            disabled={Object.keys(patch).length === 0}
            reason={reason}
          >
            Save
          </GuardedButton>
        </Group>
      </Stack>
    </form>
  );
}
