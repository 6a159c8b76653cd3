import { Anchor, List, Stack, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type Undo, type UndoLine, undoOf, undoWords, whyLeft } from "./undo";

/** What an undo took back, and what it could not and why; nothing for any other step. */
export function UndoNote({ result }: { result: unknown }) {
  const undo = undoOf(result);
  if (!undo) return null;
  return (
    <Stack gap={6} role="group" aria-label="What was taken back">
      <Text size="sm">{undoWords(undo)}</Text>
      <Lines title="Taken back" lines={undo.undone} />
      <Lines title="Not taken back" lines={undo.left} />
      {undo.more && (
        <Text size="sm" c="dimmed">
          The newest are listed.
        </Text>
      )}
    </Stack>
  );
}

function Lines({ title, lines }: { title: string; lines: Undo["left"] }) {
  if (lines.length === 0) return null;
  return (
    <div>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <List size="sm" spacing={2} aria-label={title}>
        {lines.map((line) => (
          <List.Item key={JSON.stringify(line)} style={{ overflowWrap: "anywhere" }}>
            {line.what}
            {line.reason && `: ${whyLeft(line)}`} <Whence line={line} />
          </List.Item>
        ))}
      </List>
    </div>
  );
}

/** The step that had done it. */
function Whence({ line: { node, workflow, enrollment } }: { line: UndoLine }) {
  if (!enrollment) return null;
  return (
    <Text span size="sm" c="dimmed">
      (
      <Anchor
        component={Link}
        to={`/enrollments/${enrollment}?step=${encodeURIComponent(node)}`}
        size="sm"
        underline="always"
      >
        {node}
      </Anchor>{" "}
      of {workflow})
    </Text>
  );
}
