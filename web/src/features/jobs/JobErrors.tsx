import { Anchor, List, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Job, jobErrorsQuery } from "./queries";
import { byMessage } from "./words";

/** Which enrollments a job could do nothing for, by the reason that the server gave. */
export function JobErrors({ job }: { job: Job }) {
  const { data } = useQuery(jobErrorsQuery(job.id, job.errors));
  if (job.errors === 0 || !data) return null;
  return (
    <List size="sm" aria-label="Not done" spacing={4}>
      {byMessage(data.items).map(({ message, subjects }) => (
        <List.Item key={message}>
          {subjects.length.toLocaleString("en")} not done: {message}
          <Text span size="sm" display="block">
            {subjects.slice(0, 3).map((id, i) => (
              <span key={id}>
                {i > 0 && ", "}
                <Anchor component={Link} to={`/enrollments/${id}`} size="sm" underline="always">
                  {id}
                </Anchor>
              </span>
            ))}
            {subjects.length > 3 && " …"}
          </Text>
        </List.Item>
      ))}
    </List>
  );
}
