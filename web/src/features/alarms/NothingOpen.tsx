import { Anchor, List, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { BellRing } from "lucide-react";
import { useSession } from "@/api";
import { EmptyState } from "@/shared";
import { alarmSettingsQuery, channelsQuery } from "./queries";
import { watchedWords } from "./watched";

/** Nothing is wrong: what is watched, and whether anybody would be told. */
export function NothingOpen({ workflow }: { workflow?: string | undefined }) {
  const { may } = useSession();
  const { data } = useQuery(alarmSettingsQuery(workflow ?? null));
  const { data: channels } = useQuery(channelsQuery(may("admin")));
  const told = channels?.items.some((c) => c.enabled);
  return (
    <EmptyState icon={BellRing} title="No alarm is open">
      {data && (
        <>
          <Text>Once a minute Fermata looks whether</Text>
          <List my="xs" ta="left" w="fit-content" mx="auto">
            {watchedWords(data.settings).map((line) => (
              <List.Item key={line}>{line}</List.Item>
            ))}
          </List>
        </>
      )}
      {channels && !told && (
        <Text>
          Nobody would be told:{" "}
          <Anchor component={Link} to="/settings?tab=alarms" underline="always">
            add a channel
          </Anchor>
          .
        </Text>
      )}
      {channels && told && (
        <Anchor component={Link} to="/settings?tab=alarms" underline="always">
          Limits and channels
        </Anchor>
      )}
    </EmptyState>
  );
}
