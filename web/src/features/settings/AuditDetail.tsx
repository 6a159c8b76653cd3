import { Text } from "@mantine/core";
import { shortValue } from "@/shared";

/** What else is known of a change, one line for each fact. */
export function AuditDetail({ detail }: { detail: unknown }) {
  return factsOf(detail).map(([name, value]) => (
    <Text key={name} size="sm" style={{ overflowWrap: "anywhere" }}>
      {name && (
        <Text span inherit c="dimmed">
          {name.replaceAll("_", " ")}:{" "}
        </Text>
      )}
      {shortValue(value, 80)}
    </Text>
  ));
}

/** The leaves of a detail with their path in words; lists count as one value. */
export function factsOf(detail: unknown, path = ""): [name: string, value: unknown][] {
  if (detail === null || detail === undefined) return [];
  if (typeof detail !== "object" || Array.isArray(detail)) return [[path, detail]];
  return Object.entries(detail).flatMap(([key, value]) => factsOf(value, path ? `${path} ${key}` : key));
}
