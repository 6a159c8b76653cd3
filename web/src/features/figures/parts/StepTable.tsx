import { Group, Text } from "@mantine/core";
import { TrendingDown } from "lucide-react";
import { EmptyState } from "@/shared";
import { mailColumns, stepColumns } from "../columns";
import type { NodeFigures } from "../queries";
import { FigureTable } from "./FigureTable";
import type { Side } from "./sides";

/** The figures of every step, the step where most is lost marked. */
export function StepTable({ sides }: { sides: readonly Side[] }) {
  const nodes = new Map<string, NodeFigures>();
  for (const { data } of sides) for (const node of data.nodes) if (!nodes.has(node.node)) nodes.set(node.node, node);
  if (nodes.size === 0) {
    return <EmptyState title="No step yet">Publish the workflow; its steps are counted from then on.</EmptyState>;
  }
  const worst = new Map(sides.map(({ label, data }) => [label, data.drop_off?.node]));
  const lines = [...nodes.values()].map((node) => ({
    key: node.node,
    head: <StepName node={node} worstOf={[...worst].filter(([, id]) => id === node.node).map(([label]) => label)} />,
    cells: sides.map(({ label, data }) => ({ label, row: data.nodes.find((n) => n.node === node.node) })),
  }));
  const mailed = sides.some(({ data }) => data.nodes.some((n) => n.mail));
  return (
    <FigureTable
      label="Figures by step"
      head="Step"
      columns={mailed ? [...stepColumns, ...mailColumns] : stepColumns}
      lines={lines}
      minWidth={mailed ? 1000 : 760}
    />
  );
}

function StepName({ node, worstOf }: { node: NodeFigures; worstOf: readonly string[] }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        {node.title}
      </Text>
      {worstOf.length > 0 && (
        <Group gap={4} wrap="nowrap">
          <TrendingDown size={14} aria-hidden />
          <Text size="xs">greatest drop-off{worstOf.includes("all") ? "" : ` of ${worstOf.join(" and ")}`}</Text>
        </Group>
      )}
    </div>
  );
}
