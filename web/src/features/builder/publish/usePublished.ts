import { useQuery } from "@tanstack/react-query";
import { type Definition, readDefinition } from "@/graph";
import { useBuilder } from "../page/context";
import { versionQuery } from "../queries";

/** The definition of the version that is published now. */
export function usePublished(): Definition | undefined {
  const { workflow } = useBuilder();
  const version = workflow.version ?? 0;
  const { data } = useQuery({ ...versionQuery(workflow.key, version), enabled: version > 0 });
  const read = data && readDefinition(data.definition);
  return read && "definition" in read ? read.definition : undefined;
}
