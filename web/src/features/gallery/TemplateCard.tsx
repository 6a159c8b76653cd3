import { Badge, Box, Card, Group, Text, Title } from "@mantine/core";
import { useSession } from "@/api";
import { GuardedButton } from "@/shared";
import classes from "./gallery.module.css";
import { kindWords, type Template } from "./queries";
import { Thumbnail } from "./Thumbnail";

export function TemplateCard({ template, onUse }: { template: Template; onUse: () => void }) {
  const { lacks } = useSession();
  const needs = [...new Set(template.needs.map((n) => kindWords[n.kind]))];
  return (
    <Card withBorder className={classes.card} component="article" aria-label={template.name}>
      <Card.Section className={classes.drawing} withBorder>
        <Thumbnail definition={template.definition} />
      </Card.Section>
      <Group justify="space-between" mt="sm" wrap="nowrap">
        <Title order={2} size="h4">
          {template.name}
        </Title>
        <Badge variant="default" tt="none" flex="none">
          {template.category}
        </Badge>
      </Group>
      <Text size="sm" mt={4} flex={1}>
        {template.description}
      </Text>
      <Text size="xs" c="dimmed" mt="xs">
        {needs.length === 0 ? "Needs nothing else." : `Brings along: ${needs.join(", ")}.`}
      </Text>
      <Box mt="sm">
        <GuardedButton reason={lacks("editor")} onClick={onUse} aria-label={`Use ${template.name}`}>
          Use
        </GuardedButton>
      </Box>
    </Card>
  );
}
