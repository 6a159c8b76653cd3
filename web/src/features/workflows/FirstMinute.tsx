import { Anchor, List, Paper, SimpleGrid, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { SendEventButton } from "@/features/events";
import { galleryQuery, TemplateCard } from "@/features/gallery";
import { ProblemAlert } from "@/shared";

/** The three workflows that most people come for. */
const product = ["post-purchase", "agency-onboarding", "order-status"];

/** What a fresh installation shows: workflows to start from, and how to see one run. */
export function FirstMinute() {
  const { data, error, refetch } = useQuery(galleryQuery());
  const navigate = useNavigate();
  const offered = product.flatMap((key) => data?.items.filter((t) => t.key === key) ?? []);
  return (
    <Stack gap="lg">
      <div>
        <Title order={2} size="h3">
          Begin with a workflow that works
        </Title>
        <Text mt={4}>
          Each of these is wired and written. Using one leaves a draft; nothing happens to anybody before you publish
          it.
        </Text>
      </div>
      {!data && !error && <Skeleton height={320} />}
      {error && <ProblemAlert problem={error} retry={() => void refetch()} />}
      <SimpleGrid cols={{ base: 1, sm: 3 }}>
        {offered.map((t) => (
          <TemplateCard
            key={t.key}
            template={t}
            onUse={() => void navigate({ to: "/gallery", search: { use: t.key } })}
          />
        ))}
      </SimpleGrid>
      <Anchor component={Link} to="/gallery">
        All templates
      </Anchor>
      <Paper withBorder p="lg">
        <Title order={2} size="h4">
          The first minute
        </Title>
        <List type="ordered" mt="xs" spacing={4}>
          <List.Item>Use a template and fill its blanks.</List.Item>
          <List.Item>Rehearse it: three weeks pass in a second, and nobody gets a mail.</List.Item>
          <List.Item>Publish it.</List.Item>
          <List.Item>Send a test event and follow the contact through.</List.Item>
        </List>
        <Text size="sm" mt="md" mb="xs">
          An event may come before any workflow is there: it is kept, and says that nobody asked for it.
        </Text>
        <SendEventButton />
      </Paper>
    </Stack>
  );
}
