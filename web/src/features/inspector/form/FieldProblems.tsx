import { Group, Text } from "@mantine/core";
import { CircleAlert, TriangleAlert } from "lucide-react";
import type { Problem } from "../model/pointer";
import { useForm } from "./scope";

type Said = Pick<Problem, "severity" | "message" | "hint" | "fix">;

/** Problems in the server's words, each with a sign and, where there is one, the button that mends it. */
export function FieldProblems({ problems }: { problems: readonly Said[] }) {
  const { context, readOnly } = useForm();
  if (problems.length === 0) return null;
  return (
    <>
      {problems.map((p) => {
        const mends = p.fix && !readOnly && context.repair;
        // A hint that names a call is for programs; where a button makes the call, it says nothing more.
        const hint = mends || p.hint.includes("/v1/") ? "" : p.hint;
        const Icon = p.severity === "error" ? CircleAlert : TriangleAlert;
        return (
          <Group key={p.message + p.hint} component="span" gap={6} wrap="nowrap" align="flex-start" mt={4}>
            <Icon size={14} aria-hidden style={{ flexShrink: 0, marginTop: 2 }} />
            <Text span size="xs" c={p.severity === "error" ? "var(--mantine-color-error)" : "dimmed"}>
              {p.severity !== "error" && "Warning: "}
              {p.message}
              {hint && ` – ${hint}`}
              {p.fix && !readOnly && context.repair && (
                <Text span display="block" mt={4}>
                  {context.repair(p.fix)}
                </Text>
              )}
            </Text>
          </Group>
        );
      })}
    </>
  );
}
