import { Text, Title } from "@mantine/core";
import { verdictWords } from "@/features/events";
import { fieldName, shortValue } from "@/shared";
import type { Result } from "../queries";
import { counted } from "../words";

type Props = { refused: Result["refused"]; rules: Result["rules"] };

/** Which events of its triggers would have enrolled nobody, and which rules kept them out. */
export function KeptOut({ refused, rules }: Props) {
  if (refused.length === 0) return null;
  return (
    <section aria-label="Who would not have entered">
      <Title order={3} size="h5" mb="xs">
        Who would not have entered
      </Title>
      <ul>
        {refused.map((r) => (
          <li key={`${r.verdict} ${r.reason}`}>
            <Text size="sm" component="span">
              {counted(r.count, "event")}: {verdictWords(r as Parameters<typeof verdictWords>[0])}{" "}
              <Text span inherit c="dimmed">
                Such as {r.samples.map((s) => s.email ?? s.id).join(", ")}
              </Text>
            </Text>
          </li>
        ))}
      </ul>
      {rules.length > 0 && (
        <>
          <Text size="sm">The rules that kept them out:</Text>
          <ul>
            {rules.map((rule) => (
              <li key={`${rule.suppress} ${rule.path}`}>
                <Text size="sm" component="span">
                  {fieldName(rule.field)} {rule.op} {shortValue(rule.expected)}
                  {rule.suppress ? " held, and suppresses" : " did not hold"}: {counted(rule.count, "event")}
                </Text>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
