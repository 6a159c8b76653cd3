import { Button, Code, FileInput, Group, List, Paper, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useSession } from "@/api";
import { Page, ProblemAlert } from "@/shared";
import { ImportProgress } from "./ImportProgress";
import { previewImport, startImport } from "./queries";
import { RowErrors } from "./RowErrors";

const crumbs = [{ to: "/contacts", label: "Contacts" }];

/** Imports contacts from a file: first it is read through, then a job takes it in. */
export function ImportPage() {
  const { job } = useSearch({ from: "/inside/contacts/import" });
  return (
    <Page crumbs={crumbs} title="Import contacts">
      {job ? <ImportProgress job={job} /> : <Choose />}
    </Page>
  );
}

function Choose() {
  const [file, setFile] = useState<File | null>(null);
  const navigate = useNavigate({ from: "/contacts/import" });
  const { lacks } = useSession();
  const reason = lacks("editor");
  const preview = useMutation({ mutationFn: previewImport });
  const start = useMutation({
    mutationFn: startImport,
    onSuccess: (job) => navigate({ search: { job: job.id } }),
  });
  const choose = (chosen: File | null) => {
    setFile(chosen);
    preview.reset();
    start.reset();
    if (chosen) preview.mutate(chosen);
  };
  return (
    <Stack maw={760}>
      <Text>
        A CSV file in UTF-8 whose first row names the columns: <Code>email</Code>, <Code>external_id</Code>,{" "}
        <Code>phone</Code>, <Code>first_name</Code>, <Code>last_name</Code>, <Code>country</Code>, <Code>timezone</Code>
        , <Code>tags</Code> (separated by ;) and <Code>fields.name</Code> for your own fields. Who is known already is
        changed; an empty cell changes nothing.
      </Text>
      <FileInput
        label="File"
        placeholder="Choose a CSV file"
        accept=".csv,text/csv"
        value={file}
        onChange={choose}
        description={reason}
        disabled={reason !== null}
        clearable
      />
      {preview.isPending && <Text>Reading it through…</Text>}
      <ProblemAlert problem={preview.error ?? start.error} />
      {preview.data && (
        <Paper withBorder p="md">
          <Text fw={600}>
            {preview.data.examined.toLocaleString()} of {preview.data.total.toLocaleString()} rows were looked at;
            nothing is changed yet.
          </Text>
          <List size="sm" my="xs">
            {Object.entries(preview.data.counts).map(([what, count]) => (
              <List.Item key={what}>
                {what}: {count.toLocaleString()}
              </List.Item>
            ))}
          </List>
          <RowErrors errors={preview.data.errors} />
          <Group mt="md">
            <Button onClick={() => file && start.mutate(file)} loading={start.isPending}>
              Import {preview.data.total.toLocaleString()} rows
            </Button>
          </Group>
        </Paper>
      )}
    </Stack>
  );
}
