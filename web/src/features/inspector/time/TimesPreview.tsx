import { List, Text } from "@mantine/core";
import { api, call, type Schemas } from "@/api";
import { useForm } from "../form/scope";
import { objectOf } from "../model/pointer";
import { PreviewCard } from "../previews/PreviewCard";
import { usePreview } from "../previews/usePreview";
import { usePreviewContact } from "../previews/usePreviewContact";

type Body = Schemas["TimesPreviewRequest"];

const sources: Record<Schemas["TimesPreview"]["timezone_source"], string> = {
  contact: "the contact's zone",
  workflow: "the workflow's zone",
  account: "the account's zone",
  trigger: "the schedule's zone",
};

/** Those that count in the zone of each contact. */
const personal: readonly Body["what"][] = ["date", "quiet_hours"];

/** What a date, a schedule, quiet hours or a rate means, in words, and when it comes next. */
export function TimesPreview({ what, value }: { what: Body["what"]; value: unknown }) {
  const { context } = useForm();
  const contact = usePreviewContact();
  const given = typeof value === "string" ? { rate: value } : objectOf(value);
  const forContact = personal.includes(what);
  const body: Body | null =
    Object.keys(given).length === 0
      ? null
      : {
          what,
          with: given,
          workflow: context.workflow,
          settings: context.definition?.settings,
          ...(forContact && { contact: contact.id }),
        };
  const { data, error, isOld } = usePreview("times", body, (b, signal) =>
    call(api.POST("/v1/preview/times", { body: b, signal })),
  );
  if (!body) return null;
  return (
    <PreviewCard title="What it means" busy={isOld} error={error} forContact={forContact}>
      {data && <Said data={data} person={forContact && contact.id ? contact.name : null} />}
    </PreviewCard>
  );
}

function Said({ data, person }: { data: Schemas["TimesPreview"]; person: string | null }) {
  const wrong = data.problems.find((p) => p.severity === "error");
  if (wrong) {
    return (
      <Text size="sm">
        Not yet: {wrong.message}
        {wrong.hint && ` – ${wrong.hint}`}
      </Text>
    );
  }
  return (
    <>
      {data.words && (
        <Text size="sm" fw={600}>
          {data.words}
        </Text>
      )}
      {data.note && <Text size="sm">{data.note}</Text>}
      {data.times.length > 0 && (
        <>
          <Text size="xs" c="dimmed">
            Next{person && ` for ${person}`}, in {sources[data.timezone_source]} ({data.timezone}):
          </Text>
          <List size="sm" listStyleType="none">
            {data.times.map((time) => (
              <List.Item key={time.at}>
                {time.local}
                {time.until_local && ` until ${time.until_local}`}
              </List.Item>
            ))}
          </List>
        </>
      )}
    </>
  );
}
