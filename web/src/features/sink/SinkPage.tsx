import { Box, Button, Grid, Group, Skeleton, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Inbox } from "lucide-react";
import { useState } from "react";
import { ConfirmButton, EmptyState, Page, ProblemAlert } from "@/shared";
import { MailList } from "./MailList";
import { MailView } from "./MailView";
import { emptySink, sinkQuery, textsQuery } from "./queries";
import { TextList } from "./TextList";

/** The mails that were sent in development: they go to the sink instead of to people. */
export function SinkPage() {
  const search = useSearch({ from: "/inside/sink" });
  const navigate = useNavigate({ from: "/sink" });
  const client = useQueryClient();
  const [to, setTo] = useState(search.to ?? "");
  const [asked] = useDebouncedValue(to, 300);
  const { data, error, isPending, refetch } = useQuery(sinkQuery(asked));
  const texts = useQuery(textsQuery).data ?? [];
  const mails = data?.items ?? [];
  const shown = mails.find((mail) => mail.id === search.mail) ?? mails[0];
  const empty = async () => {
    await emptySink();
    await client.invalidateQueries({ queryKey: ["sink"] });
  };
  return (
    <Page
      wide
      title="Mail sink"
      description="In development no mail and no text message leaves: each one lands here."
      actions={
        <ConfirmButton
          variant="default"
          label="Empty"
          question="Empty the mail sink?"
          disabled={mails.length + texts.length === 0}
          onConfirm={empty}
        />
      }
    >
      <Group mb="md">
        <TextInput
          label="To"
          placeholder="ana@example.com"
          value={to}
          onChange={(e) => setTo(e.currentTarget.value)}
          w={280}
        />
      </Group>
      {isPending && <Skeleton height={240} />}
      {error && <ProblemAlert problem={error} retry={() => void refetch()} />}
      {data && mails.length === 0 && (
        <EmptyState
          icon={Inbox}
          title="No mail here"
          action={
            <Button component={Link} to="/workflows" variant="default">
              To the workflows
            </Button>
          }
        >
          Publish a workflow that sends one, or run a test enrollment.
        </EmptyState>
      )}
      {shown && (
        <Grid>
          <Grid.Col span={{ base: 12, md: 4 }}>
            <MailList
              mails={mails}
              shown={shown.id}
              onShow={(mail) => void navigate({ search: { ...search, mail } })}
            />
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 8 }}>
            <Box>
              <MailView mail={shown} />
            </Box>
          </Grid.Col>
        </Grid>
      )}
      <TextList />
    </Page>
  );
}
