import { Badge, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { useSession } from "@/api";
import { EmptyState, Instant, ProblemAlert } from "@/shared";
import { useBuilder } from "../page/context";
import { type Version, versionsQuery } from "../queries";
import classes from "./VersionsPanel.module.css";
import { WatchCard } from "./WatchCard";

/** The published versions, newest first: to look at, and to publish again. */
export function VersionsPanel() {
  const { workflow } = useBuilder();
  const { data, error, refetch } = useQuery(versionsQuery(workflow.key));
  if (error) return <ProblemAlert problem={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton height={120} />;
  if (data.items.length === 0) {
    return (
      <EmptyState icon={History} title="No version yet">
        A version is made each time that you publish. It never changes afterwards.
      </EmptyState>
    );
  }
  return (
    <>
      <WatchCard />
      <Stack component="ul" gap="sm" className={classes.list}>
        {data.items.map((version) => (
          <OneVersion key={version.version} version={version} />
        ))}
      </Stack>
    </>
  );
}

function OneVersion({ version }: { version: Version }) {
  const { workflow, search, go, ask } = useBuilder();
  const { may } = useSession();
  const n = version.version;
  const live = n === workflow.version;
  const looked = search.version === n;
  return (
    <li className={classes.version} data-looked={looked || undefined}>
      <Group gap="xs">
        <Text fw={600}>Version {n}</Text>
        {live && (
          <Badge variant="light" tt="none">
            published
          </Badge>
        )}
      </Group>
      <Text size="sm" c="dimmed">
        <Instant at={version.created_at} /> by {version.person}
      </Text>
      <Group gap="xs" mt="xs">
        <Button
          size="compact-sm"
          variant="default"
          aria-pressed={looked}
          onClick={() => go({ version: looked ? undefined : n })}
        >
          {looked ? "Back to the draft" : "Look at it"}
        </Button>
        {!live && workflow.status !== "archived" && (
          <Button
            size="compact-sm"
            variant="default"
            disabled={!may("publisher")}
            title={may("publisher") ? undefined : "This needs the scope publisher"}
            onClick={() => ask({ kind: "rollback", version: n })}
          >
            Publish again …
          </Button>
        )}
      </Group>
    </li>
  );
}
