import { Text } from "@mantine/core";
import { knownZone, ownZone } from "../time";
import { Instant } from "./Instant";

/** An instant in somebody else's zone and, when that differs, in one's own. */
export function TwoZones({ at, zone }: { at: string; zone: string | undefined }) {
  const own = new Intl.DateTimeFormat("en", { timeZone: ownZone, timeZoneName: "longOffset" });
  const there = new Intl.DateTimeFormat("en", { timeZone: knownZone(zone), timeZoneName: "longOffset" });
  const moment = new Date(at);
  const differs = zone !== undefined && zone !== ownZone && own.format(moment) !== there.format(moment);
  return (
    <>
      <Instant at={at} zone={zone} />
      {differs && (
        <Text span inherit c="dimmed">
          {" · for you "}
          <Instant at={at} />
        </Text>
      )}
    </>
  );
}
