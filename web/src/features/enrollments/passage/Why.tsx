import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { TwoZones } from "@/shared";
import type { Enrollment } from "../filter";
import { whyQuery } from "../queries";
import { whereWords } from "../words";

/** One sentence: why it still is here and until when, or how it ended. */
export function Why({ enrollment: e }: { enrollment: Enrollment }) {
  const active = e.ended_at === null;
  const { data: why } = useQuery(whyQuery(e.workflow, e.contact.id, e.id, active));
  if (!active) {
    return (
      <Text>
        It has ended: {whereWords(e)}. <Ended at={e.ended_at} zone={e.timezone} />
      </Text>
    );
  }
  return (
    <Text>
      {why?.sentence ?? `It is ${whereWords(e)}.`}
      {e.due_at && (
        <Text span c="dimmed">
          {" "}
          Due <TwoZones at={e.due_at} zone={e.timezone} />.
        </Text>
      )}
    </Text>
  );
}

function Ended({ at, zone }: { at: string | null; zone: string | undefined }) {
  if (!at) return null;
  return (
    <Text span c="dimmed">
      On <TwoZones at={at} zone={zone} />.
    </Text>
  );
}
