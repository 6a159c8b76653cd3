import { Grid, Skeleton, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { contactName } from "@/features/contact-chooser";
import { LiveBadge, Page, ProblemAlert, useLive } from "@/shared";
import { Attributes } from "./Attributes";
import { Belongings } from "./Belongings";
import { Consent } from "./Consent";
import { ContactActions } from "./ContactActions";
import { Passages } from "./Passages";
import { contactQuery, keys } from "./queries";
import { Tags } from "./Tags";
import { Timeline } from "./Timeline";
import { WhyNot } from "./WhyNot";

/** One contact: what is known of it, what it is in, and everything that happened to it. */
export function ContactPage() {
  const { id } = useParams({ from: "/inside/contacts/$id" });
  const { data: contact, error, isPending, refetch } = useQuery(contactQuery(id));
  useLive({ [`contact:${id}`]: [keys.one(id), keys.timeline(id), keys.enrollments(id), keys.explain(id)] });
  return (
    <Page
      title={contact ? contactName(contact) : "Contact"}
      description={contact?.email && contactName(contact) !== contact.email ? contact.email : undefined}
      crumbs={[{ to: "/contacts", label: "Contacts" }]}
      actions={
        <>
          <LiveBadge />
          {contact && <ContactActions contact={contact} />}
        </>
      }
      wide
    >
      {isPending && <Skeleton height={420} />}
      {error && <ProblemAlert problem={error} retry={() => void refetch()} />}
      {contact && (
        <Grid>
          <Grid.Col span={{ base: 12, md: 5 }}>
            <Stack>
              <Attributes contact={contact} />
              <Tags contact={contact} />
              <Consent contact={contact} />
              <Passages contact={id} />
              <WhyNot contact={id} />
              <Belongings contact={contact} />
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 7 }}>
            <Timeline contact={id} zone={contact.timezone ?? undefined} />
          </Grid.Col>
        </Grid>
      )}
    </Page>
  );
}
