import { Badge, Box, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import { api, call, type Schemas, useSession } from "@/api";
import { Json, problemWords } from "@/shared";
import { useForm } from "../form/scope";
import { objectOf } from "../model/pointer";
import { PreviewCard } from "../previews/PreviewCard";
import { usePreviewContact } from "../previews/usePreviewContact";
import { AnswerTree } from "./AnswerTree";

type Answer = Schemas["RequestPreview"];

/** Really makes the call once and shows the answer, whose values give the paths that later steps read. */
export function TryIt({ type, value }: { type: "webhook" | "slack"; value: unknown }) {
  const { context, readOnly } = useForm();
  const contact = usePreviewContact().id;
  const { may } = useSession();
  const given = objectOf(value);
  const trying = useMutation({
    mutationFn: () =>
      call(api.POST("/v1/preview/request", { body: { type, with: given, contact, workflow: context.workflow } })),
  });
  const address = type === "slack" ? given.webhook : given.url;
  const why = !may("editor") ? "Calls need the scope editor." : address ? undefined : "Give the address first.";
  const name = typeof given.save_as === "string" ? given.save_as : "";
  return (
    <PreviewCard title="Try it">
      <Stack gap="xs">
        <Group gap="xs">
          <Button
            size="compact-sm"
            leftSection={<Play size={14} aria-hidden />}
            loading={trying.isPending}
            disabled={readOnly || why !== undefined}
            onClick={() => trying.mutate()}
          >
            Make the call now
          </Button>
          <Text size="xs" c="dimmed">
            {why ?? "The call is really made, with the values of the chosen contact."}
          </Text>
        </Group>
        {trying.error && (
          <Text size="xs" c="var(--mantine-color-error)">
            {problemWords(trying.error).title}. {problemWords(trying.error).detail}
          </Text>
        )}
        {trying.data && <Shown answer={trying.data} saveAs={name} keeps={type === "webhook"} />}
      </Stack>
    </PreviewCard>
  );
}

function Shown({ answer, saveAs, keeps }: { answer: Answer; saveAs: string; keeps: boolean }) {
  const { status, error, request, body } = answer;
  const good = status !== null && status < 400 && !error;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Badge color={good ? "teal" : "red"} tt="none">
          {status === null ? "No answer" : `Status ${status}`}
        </Badge>
        <Text size="xs">{answer.duration_ms} ms</Text>
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {request.method} {request.url}
        </Text>
      </Group>
      {error && (
        <Text size="xs" c="var(--mantine-color-error)">
          {error.message}
        </Text>
      )}
      {answer.problems.map((p) => (
        <Text key={p.path + p.message} size="xs">
          {p.message}
        </Text>
      ))}
      {body !== null && body !== undefined && (
        <Box>
          <Text size="xs" fw={600}>
            The answer
          </Text>
          {keeps && typeof body === "object" ? (
            <AnswerTree value={body} name={saveAs} />
          ) : (
            <Json value={body} label="The answer" />
          )}
        </Box>
      )}
    </Stack>
  );
}
