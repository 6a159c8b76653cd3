import { Badge, Box, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Play } from "lucide-react";
import type { ReactNode } from "react";
import { api, call, type Schemas, useSession } from "@/api";
import { Json, problemWords } from "@/shared";
import { type How, useForm } from "../form/scope";
import { objectOf } from "../model/pointer";
import { PreviewCard } from "../previews/PreviewCard";
import { usePreviewContact } from "../previews/usePreviewContact";
import { AnswerTree } from "./AnswerTree";
import { useAnswers } from "./answers";

type Answer = Schemas["RequestPreview"];

type Props = {
  type: "webhook" | "slack";
  value: unknown;
  onSettings: (value: Record<string, unknown>, how: How) => void;
};

/** Really makes the call once and shows the answer, whose values can be put into later steps. */
export function TryIt({ type, value, onSettings }: Props) {
  const { context, readOnly } = useForm();
  const contact = usePreviewContact().id;
  const { may } = useSession();
  const given = objectOf(value);
  const saveAs = typeof given.save_as === "string" ? given.save_as : "";
  const name = saveAs || "answer";
  const { keep } = useAnswers();
  const trying = useMutation({
    mutationFn: () =>
      call(api.POST("/v1/preview/request", { body: { type, with: given, contact, workflow: context.workflow } })),
    onSuccess: ({ body }) => saveAs && keep(context.workflow ?? "", saveAs, body),
  });
  const address = type === "slack" ? given.webhook : given.url;
  const why = !may("editor") ? "Calls need the scope editor." : address ? undefined : "Give the address first.";
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
        {trying.data && (
          <Shown answer={trying.data}>
            {type === "webhook" && (
              <AnswerTree
                value={trying.data.body}
                name={name}
                kept={saveAs !== ""}
                onKeep={() => {
                  keep(context.workflow ?? "", name, trying.data.body);
                  onSettings({ ...given, save_as: name }, { typing: false });
                }}
              />
            )}
          </Shown>
        )}
      </Stack>
    </PreviewCard>
  );
}

function Shown({ answer, children }: { answer: Answer; children: ReactNode }) {
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
          {children && typeof body === "object" ? children : <Json value={body} label="The answer" />}
        </Box>
      )}
    </Stack>
  );
}
