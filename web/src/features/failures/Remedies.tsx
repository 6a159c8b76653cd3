import { Anchor, List, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type Failure, labelsQuery, type Named, templateQuery } from "./queries";
import { remedyOf, settingOf } from "./words";

/** What may be the cause, each with the way to where it is mended. */
export function Remedies({ failure }: { failure: Failure }) {
  if (failure.names.length === 0 || failure.open === 0) return null;
  return (
    <div>
      <Text size="sm" fw={600}>
        Look at
      </Text>
      <List size="sm" aria-label="What to mend" spacing={2}>
        {failure.names.map((named) => (
          <List.Item key={`${named.kind} ${named.name}`}>
            <RemedyLine named={named} failure={failure} />
          </List.Item>
        ))}
      </List>
    </div>
  );
}

function RemedyLine({ named, failure }: { named: Named; failure: Failure }) {
  const { data: labels } = useQuery(labelsQuery(failure.type ?? ""));
  const { to, words, hint } = remedyOf(named, failure, labels);
  const at = named.kind === "setting" ? settingOf(named.name) : null;
  return (
    <>
      {to ? (
        <Anchor component={Link} to={to} size="sm" underline="always">
          {words}
        </Anchor>
      ) : (
        words
      )}
      {hint && ` (${hint})`}
      {at?.setting === "template" && <TemplateLink failure={failure} node={at.node} />}
    </>
  );
}

/** The way to the mail template that the step names, in the newest version that failed. */
function TemplateLink({ failure, node }: { failure: Failure; node: string }) {
  const version = failure.versions.at(-1) ?? 0;
  const { data } = useQuery(templateQuery(failure.workflow ?? "", version, node));
  const missing = failure.code === "no_template";
  return (
    <>
      {": "}
      <Anchor component={Link} to={data && !missing ? `/mail/${data}` : "/mail"} size="sm" underline="always">
        {data ? `Template “${data}”` : "Mail templates"}
      </Anchor>
    </>
  );
}
