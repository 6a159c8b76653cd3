import { Group, Input, SegmentedControl, Select, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { History } from "lucide-react";
import { type FormEvent, useState } from "react";
import { ApiProblem, useSession } from "@/api";
import { GuardedButton, ownZone, ProblemAlert } from "@/shared";
import { keys, startBacktest } from "./queries";
import { dayChoices, firstRange, type RangeForm, requestOf } from "./range";

type Props = {
  workflow: string;
  /** The newest version; null when nothing was published. */
  version: number | null;
  onStarted: (id: string) => void;
};

/** What is carried through, and from when to when. */
export function StartForm({ workflow, version, onStarted }: Props) {
  const { lacks } = useSession();
  const client = useQueryClient();
  const [form, setForm] = useState<RangeForm>(firstRange);
  const set = (change: Partial<RangeForm>) => setForm((now) => ({ ...now, ...change }));
  const start = useMutation({
    mutationFn: () => startBacktest(workflow, requestOf(form, Date.now())),
    onSuccess: async (job) => {
      onStarted(job.id);
      await client.invalidateQueries({ queryKey: keys.list(workflow) });
    },
  });
  const errors = start.error instanceof ApiProblem ? start.error.errors : [];
  const at = (pointer: string) => errors.find((e) => e.pointer === pointer)?.message;
  const own = form.days === "own";
  // What stands at a field that is shown is not said twice.
  const elsewhere = own && errors.length > 0 && errors.every((e) => e.pointer === "/from" || e.pointer === "/to");
  const submit = (e: FormEvent) => {
    e.preventDefault();
    start.mutate();
  };
  const versions = Array.from({ length: version ?? 0 }, (_, i) => (version ?? 0) - i);
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Group align="flex-end" gap="sm">
          <Select
            label="What"
            data={[
              { value: "draft", label: "The draft" },
              ...versions.map((n) => ({ value: String(n), label: `Version ${n}` })),
            ]}
            allowDeselect={false}
            value={form.version}
            onChange={(v) => v && set({ version: v })}
            w={160}
          />
          <Input.Wrapper label="Events of the last" labelElement="div">
            <SegmentedControl
              display="flex"
              aria-label="Events of the last"
              data={dayChoices}
              value={form.days}
              onChange={(days) => set({ days: days as RangeForm["days"] })}
            />
          </Input.Wrapper>
        </Group>
        {own && (
          <Group gap="sm" align="flex-start">
            {(["from", "to"] as const).map((name) => (
              <TextInput
                key={name}
                type="datetime-local"
                label={name === "from" ? "From" : "To"}
                description={name === "from" ? `In your zone, ${ownZone}` : "Empty: now"}
                value={form[name]}
                error={at(`/${name}`)}
                onChange={(e) => set({ [name]: e.currentTarget.value })}
              />
            ))}
          </Group>
        )}
        <Group>
          <GuardedButton
            type="submit"
            leftSection={<History size={16} aria-hidden />}
            loading={start.isPending}
            reason={lacks("editor")}
          >
            Run the backtest
          </GuardedButton>
        </Group>
        {!elsewhere && <ProblemAlert problem={start.error} />}
      </Stack>
    </form>
  );
}
