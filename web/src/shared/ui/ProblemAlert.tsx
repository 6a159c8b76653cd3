import { Alert, Button, List, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { CircleAlert } from "lucide-react";
import { ApiProblem } from "@/api";
import { placeWords } from "../labels";

/** The words of any failure: title and detail. */
export function problemWords(problem: unknown): { title: string; detail: string } {
  if (problem instanceof ApiProblem) return { title: problem.title, detail: problem.detail };
  return {
    title: "Something went wrong on this page",
    detail: problem instanceof Error ? problem.message : String(problem),
  };
}

/** A failed request in the server's words, field by field, with a way to try again. */
export function ProblemAlert({ problem, retry }: { problem: unknown; retry?: () => void }) {
  if (!problem) return null;
  const { title, detail } = problemWords(problem);
  const errors = problem instanceof ApiProblem ? problem.errors : [];
  const users = problem instanceof ApiProblem ? problem.users : [];
  return (
    <Alert color="red" variant="light" icon={<CircleAlert aria-hidden />} title={title} role="alert">
      {detail && <Text size="sm">{detail}</Text>}
      {errors.length > 0 && (
        <List size="sm" mt="xs">
          {errors.map((e) => (
            <List.Item key={`${e.pointer} ${e.message}`}>
              {e.pointer && (
                <Text span fw={600}>
                  {placeWords(e.pointer)}:{" "}
                </Text>
              )}
              {e.message}
              {e.hint && ` (${e.hint})`}
            </List.Item>
          ))}
        </List>
      )}
      {users.length > 0 && (
        <List size="sm" mt="xs" aria-label="Used by">
          {users.map((user) => (
            <List.Item key={user}>{user}</List.Item>
          ))}
        </List>
      )}
      {retry && (
        <Button size="xs" mt="sm" variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

/** Says a failure in a corner of the page, for actions that have no place of their own for it. */
export function notifyProblem(problem: unknown) {
  const { title, detail } = problemWords(problem);
  notifications.show({ color: "red", title, message: detail, autoClose: 8000 });
}
