import { Alert, Anchor, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { CircleHelp } from "lucide-react";
import { ResolveButtons } from "../operate/ResolveButtons";
import type { Step } from "./passage";

const words = {
  claimed: "It is being carried out.",
  done: "It was carried out once.",
  failed: "It has not been carried out.",
};

/** What is known of an effect outside: whether it happened, and how often. Not knowing is said plainly. */
export function EffectNote({ step, enrollment }: { step: Step; enrollment: string }) {
  const { effect } = step;
  if (!effect) return null;
  if (effect.state === "unknown") {
    return (
      <Alert
        color="orange"
        variant="light"
        icon={<CircleHelp aria-hidden />}
        title="Nobody can know whether it happened"
      >
        <Text size="sm">
          The attempt broke off after it had begun and before there was an answer. It may have gone out or not, and is
          not repeated by itself, so that nobody gets it twice. Look at the receiver under this key:{" "}
          <Key value={effect.key} />
        </Text>
        <ResolveButtons enrollment={enrollment} node={step.node} visit={step.visit} status={step.status} />
      </Alert>
    );
  }
  const often = effect.copies > 1 ? `It went out ${effect.copies} times, under one key.` : words[effect.state];
  return (
    <>
      <Text size="sm" c="dimmed">
        {often} <Key value={effect.key} />
      </Text>
      {effect.undone_by && (
        <Text size="sm">
          It was taken back later, by the{" "}
          <Anchor component={Link} to={`/enrollments/${effect.undone_by}`} size="sm" underline="always">
            enrollment that undid it
          </Anchor>
          .
        </Text>
      )}
    </>
  );
}

function Key({ value }: { value: string }) {
  return (
    <Text span size="xs" ff="monospace" style={{ overflowWrap: "anywhere" }}>
      {value}
    </Text>
  );
}
