import { Autocomplete } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type Channel, secretNamesQuery } from "../queries";
import { type ChannelForm, targetWords } from "./channelForm";

type Props = {
  form: ChannelForm;
  before: Channel | null;
  onChange: (change: Partial<ChannelForm>) => void;
  errors: (pointer: string) => string | undefined;
};

/** Where a call goes, and what it is signed with; best by the name of a secret. */
export function AddressFields({ form, before, onChange, errors }: Props) {
  const { data: secrets = [] } = useQuery(secretNamesQuery);
  const kept = before?.url && !before.url.startsWith("secret:") ? targetWords(before) : null;
  return (
    <>
      <Autocomplete
        label="Address"
        description={
          kept
            ? `Empty keeps the one that is there, ${kept}`
            : "Best as secret:name; Settings, Secrets keeps the address itself"
        }
        placeholder={kept ? "" : form.type === "slack" ? "secret:team_slack" : "secret:ops_hook, or https://…"}
        data={secrets}
        value={form.url}
        error={errors("/url")}
        autoComplete="off"
        onChange={(url) => onChange({ url })}
      />
      {form.type === "webhook" && (
        <Autocomplete
          label="Signed with"
          description="Optional: the name of a secret. Calls are then signed as Standard Webhooks says."
          placeholder="secret:name"
          data={secrets}
          value={form.sign}
          error={errors("/sign")}
          autoComplete="off"
          onChange={(sign) => onChange({ sign })}
        />
      )}
    </>
  );
}
