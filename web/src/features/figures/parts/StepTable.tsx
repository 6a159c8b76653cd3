import { Anchor, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { TrendingDown } from "lucide-react";
import { EmptyState } from "@/shared";
import { mailColumns, stepColumns } from "../columns";
import { peopleOf } from "../people";
import { type NodeFigures, orderQuery } from "../queries";
import { FigureTable } from "./FigureTable";
import classes from "./StepTable.module.css";
import type { Side } from "./sides";

/** The figures of every step, the step where most is lost marked. */
export function StepTable({ sides, newest }: { sides: readonly Side[]; newest: number | null }) {
  const first = sides[0]?.data;
  const { data: order = [] } = useQuery(orderQuery(first?.workflow ?? "", first?.version ?? newest));
  const nodes = new Map<string, NodeFigures>();
  for (const { data } of sides) for (const node of data.nodes) if (!nodes.has(node.node)) nodes.set(node.node, node);
  if (nodes.size === 0) {
    return <EmptyState title="No step yet">Publish the workflow; its steps are counted from then on.</EmptyState>;
  }
  const worst = new Map(sides.map(({ label, data }) => [label, data.drop_off?.node]));
  const lines = inOrder([...nodes.values()], order).map((node) => ({
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
      wrap={(column, row, label, value) => {
        const of = sides.find((side) => side.label === label)?.data;
        const who = of && column.picks?.(row);
        if (!who) return value;
        return (
          <Anchor
            inherit
            className={classes.figure}
            renderRoot={(props) => <Link to="/enrollments" search={peopleOf(of, who)} {...props} />}
          >
            {value}
          </Anchor>
        );
      }}
      minWidth={mailed ? 1000 : 760}
    />
  );
}

/** Steps as they are drawn; those that are not drawn stand behind them. */
function inOrder(nodes: NodeFigures[], order: readonly string[]): NodeFigures[] {
  const place = ({ node }: NodeFigures) => {
    const at = order.indexOf(node);
    return at < 0 ? order.length : at;
  };
  return nodes.sort((a, b) => place(a) - place(b));
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
