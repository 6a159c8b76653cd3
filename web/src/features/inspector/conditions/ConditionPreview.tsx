import { Group, Loader, Text } from "@mantine/core";
import { api, call, type Schemas } from "@/api";
import { problemWords } from "@/shared";
import { useForm } from "../form/scope";
import { PreviewFor } from "../previews/PreviewFor";
import { usePreview } from "../previews/usePreview";
import { usePreviewContact } from "../previews/usePreviewContact";

type Body = Schemas["ConditionPreviewRequest"];

function counted({ count, of, exact }: Schemas["ConditionMatches"]): string {
  const n = (x: number) => x.toLocaleString("en");
  return `Matches ${exact ? "" : "at least "}${n(count)} of ${n(of)} contacts`;
}

/** What the condition says of the chosen contact, and of how many it is true. */
export function ConditionPreview({ condition }: { condition: unknown }) {
  const { context } = useForm();
  const contact = usePreviewContact();
  const body: Body | null =
    condition === undefined ? null : { condition, contact: contact.id, workflow: context.workflow };
  const { data, error, isOld } = usePreview("condition", body, (b, signal) =>
    call(api.POST("/v1/preview/condition", { body: b, signal })),
  );
  if (!body) return null;
  return (
    <div aria-live="polite">
      {error ? (
        <Text size="xs" c="dimmed">
          No preview: {problemWords(error).detail}
        </Text>
      ) : (
        <Group gap={6} align="center">
          {data?.contact && (
            <Text size="xs" component="div">
              For <PreviewFor />: {data.contact.why}
            </Text>
          )}
          {data && (
            <Text size="xs" c="dimmed">
              {data.matches ? counted(data.matches) : data.not_counted}
            </Text>
          )}
          {isOld && <Loader size={10} role="status" aria-label="Asking the server" />}
        </Group>
      )}
    </div>
  );
}
