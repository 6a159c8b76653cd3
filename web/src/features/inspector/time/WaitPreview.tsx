import { Text } from "@mantine/core";
import { api, call, type Schemas } from "@/api";
import { useForm } from "../form/scope";
import { objectOf } from "../model/pointer";
import { PreviewCard } from "../previews/PreviewCard";
import { usePreview } from "../previews/usePreview";
import { usePreviewContact } from "../previews/usePreviewContact";

type Body = Schemas["WaitPreviewRequest"];

const sources: Record<string, string> = {
  contact: "the contact's zone",
  workflow: "the workflow's zone",
  account: "the account's zone",
  request: "the zone asked for",
};

/** When the wait would be over if the step were entered now, as a date in its zone. */
export function WaitPreview({ type, value }: { type: Body["type"]; value: unknown }) {
  const { context } = useForm();
  const contact = usePreviewContact();
  const given = objectOf(value);
  const body: Body | null =
    Object.keys(given).length === 0 && type !== "window"
      ? null
      : { type, with: given, contact: contact.id, workflow: context.workflow, settings: context.definition?.settings };
  const { data, error, isOld } = usePreview("wait", body, (b, signal) =>
    call(api.POST("/v1/preview/wait", { body: b, signal })),
  );
  if (!body) return null;
  const wrong = data?.problems.find((p) => p.severity === "error");
  return (
    <PreviewCard title="When it goes on" busy={isOld} error={error}>
      {data && (
        <>
          {data.local && (
            <Text size="sm">
              For {contact.name}:{" "}
              <Text span fw={600} inherit>
                {data.local} ({data.timezone})
              </Text>
            </Text>
          )}
          {!data.local && (
            <Text size="sm">{wrong ? `Not yet: ${wrong.message}` : (data.note ?? "It waits without end.")}</Text>
          )}
          {data.local && data.note && <Text size="sm">{data.note}</Text>}
          {data.local && (
            <Text size="xs" c="dimmed">
              If the step were entered now, in {sources[data.timezone_source] ?? data.timezone_source}.
            </Text>
          )}
        </>
      )}
    </PreviewCard>
  );
}
