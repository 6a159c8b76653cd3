import { Text } from "@mantine/core";
import { ago, localTime } from "../time";

type Props = {
  at: string | null | undefined;
  /** IANA zone to show; default the browser's. */
  zone?: string | undefined;
  /** Shows the distance from now instead, the instant on hover. */
  relative?: boolean;
};

/** An instant with its zone, never a bare time of day. */
export function Instant({ at, zone, relative }: Props) {
  if (!at) return <Text span>–</Text>;
  const full = localTime(at, zone);
  return (
    <Text span inherit component="time" dateTime={at} title={relative ? full : at}>
      {relative ? ago(at) : full}
    </Text>
  );
}
