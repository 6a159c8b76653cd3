import { Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type Definition, readDefinition } from "@/graph";
import { ProblemAlert } from "@/shared";
import { ChangeList } from "../diff/ChangeList";
import { useBuilder } from "../page/context";
import { versionQuery } from "../queries";

type Props = { version: number | null; to: Definition; name: string; onOpen?: (node: string) => void };

/** The difference between the published version and what would take its place. */
export function WhatChanges({ version, ...rest }: Props) {
  if (version === null)
    return <Text size="sm">This is the first version. From now on its triggers enroll contacts.</Text>;
  return <Against version={version} {...rest} />;
}

function Against({ version, to, name, onOpen }: Props & { version: number }) {
  const { workflow, specs } = useBuilder();
  const { data, error } = useQuery(versionQuery(workflow.key, version));
  if (error) return <ProblemAlert problem={error} />;
  if (!data) return <Skeleton height={60} />;
  const read = readDefinition(data.definition);
  if ("undrawable" in read) return <Text size="sm">Version {version} cannot be compared.</Text>;
  return (
    <ChangeList
      from={read.definition}
      to={to}
      specs={specs}
      names={{ from: `version ${version}`, to: name }}
      onOpen={onOpen}
    />
  );
}
