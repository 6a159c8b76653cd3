import { Button, FileButton, Group, TagsInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Upload } from "lucide-react";
import { api, asProblem, call, idempotencyKey, type Schemas, useSession } from "@/api";
import { notifyProblem } from "@/shared";
import { control, textOf } from "../form/control";
import type { WidgetProps } from "../form/scope";

async function upload(file: File): Promise<Schemas["File"]> {
  const body = new FormData();
  body.append("file", file, file.name);
  const headers = { "Idempotency-Key": idempotencyKey() };
  const response = await fetch("/v1/files", { method: "POST", body, headers, credentials: "same-origin" });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw asProblem(response, answer);
  return answer as Schemas["File"];
}

/** Stored files by name; a new one is uploaded in place. */
export function FilesWidget(props: WidgetProps) {
  const { value, readOnly, schema, onChange } = props;
  const list = Array.isArray(value) ? value.map(textOf) : value === undefined ? [] : [textOf(value)];
  const { may } = useSession();
  const client = useQueryClient();
  const found = useQuery({
    queryKey: ["pickers", "files"],
    queryFn: ({ signal }) => call(api.GET("/v1/files", { params: { query: { limit: 500 } }, signal })),
  });
  const take = (names: string[]) => {
    if (names.length === 0) onChange(undefined);
    else onChange(schema.anyOf && names.length === 1 ? names[0] : names);
  };
  const sending = useMutation({
    mutationFn: upload,
    onSuccess: (file) => {
      void client.invalidateQueries({ queryKey: ["pickers", "files"] });
      take([...list.filter((name) => name !== file.name), file.name]);
    },
    onError: notifyProblem,
  });
  return (
    <div>
      <TagsInput
        {...control(props)}
        placeholder={list.length === 0 ? "Name of a stored file" : undefined}
        data={(found.data?.items ?? []).map((f) => f.name)}
        value={list}
        onChange={take}
        splitChars={[]}
        acceptValueOnBlur
      />
      {!readOnly && (
        <Group mt={6}>
          <FileButton onChange={(file) => file && sending.mutate(file)} disabled={!may("editor")}>
            {(button) => (
              <Button
                {...button}
                variant="light"
                size="compact-sm"
                loading={sending.isPending}
                disabled={!may("editor")}
                title={may("editor") ? undefined : "Uploading needs the scope editor."}
                leftSection={<Upload size={14} aria-hidden />}
              >
                Upload a file
              </Button>
            )}
          </FileButton>
        </Group>
      )}
    </div>
  );
}
