import { Anchor, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { EmptyState, ProblemAlert } from "@/shared";
import { versionColumns } from "../columns";
import type { Asked } from "../days";
import { analyticsQuery } from "../queries";
import { FigureTable } from "./FigureTable";

/** All versions, whichever is chosen, that somebody started in the range ran, side by side. */
export function VersionTable({ workflow, asked }: { workflow: string; asked: Asked | undefined }) {
  const { data, error, refetch } = useQuery(analyticsQuery(workflow, asked));
  if (error) return <ProblemAlert problem={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton height={200} />;
  if (data.versions.length === 0) {
    return <EmptyState title="No version to show">Nobody started in this range. Choose more days above.</EmptyState>;
  }
  const lines = [...data.versions].reverse().map((v) => ({
    key: String(v.version),
    head: (
      <Anchor
        size="sm"
        fw={600}
        renderRoot={(props) => (
          <Link
            to="/workflows/$key/figures"
            params={{ key: workflow }}
            search={(before) => ({ ...before, version: v.version, compare: undefined, tab: undefined })}
            {...props}
          />
        )}
      >
        Version {v.version}
      </Anchor>
    ),
    cells: [{ label: `v${v.version}`, row: v }],
  }));
  return (
    <FigureTable
      label="Figures by version"
      head="Version"
      columns={versionColumns(data.currency)}
      lines={lines}
      minWidth={1100}
    />
  );
}
