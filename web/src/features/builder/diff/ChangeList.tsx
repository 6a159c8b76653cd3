import { Anchor, Badge, Group, Stack, Text, VisuallyHidden } from "@mantine/core";
import { useMemo } from "react";
import type { Definition, Specs } from "@/graph";
import classes from "./ChangeList.module.css";
import { changesBetween } from "./changes";
import { type Group as ChangeGroup, inWords, type Line } from "./words";

type Props = {
  from: Definition;
  to: Definition;
  specs: Specs;
  /** What the two sides are called: "version 3", "your draft". */
  names: { from: string; to: string };
  onOpen?: (node: string) => void;
};

const signs = { add: ["teal", "new"], remove: ["red", "removed"], change: ["blue", "changed"] } as const;

/** What differs between two definitions, step by step, in words. */
export function ChangeList({ from, to, specs, names, onOpen }: Props) {
  const groups = useMemo(() => inWords(changesBetween(from, to), { from, to, specs }), [from, to, specs]);
  if (groups.length === 0)
    return (
      <Text c="dimmed">
        Nothing differs between {names.from} and {names.to}.
      </Text>
    );
  return (
    <Stack gap="md" component="section" aria-label={`What differs between ${names.from} and ${names.to}`}>
      {groups.map((group) => (
        <OneGroup key={group.key} group={group} names={names} onOpen={onOpen} there={to.nodes ?? {}} />
      ))}
    </Stack>
  );
}

type GroupProps = { group: ChangeGroup; names: Props["names"]; onOpen: Props["onOpen"]; there: object };

function OneGroup({ group, names, onOpen, there }: GroupProps) {
  const [color, word] = signs[group.op];
  const node = group.node !== null && Object.hasOwn(there, group.node) ? group.node : null;
  return (
    <div>
      <Group gap="xs">
        <Badge color={color} variant="light" tt="none">
          {word}
        </Badge>
        {node !== null && onOpen ? (
          <Anchor component="button" type="button" fw={600} onClick={() => onOpen(node)}>
            {group.title}
          </Anchor>
        ) : (
          <Text fw={600}>{group.title}</Text>
        )}
      </Group>
      <ul className={classes.lines}>
        {group.lines.map((line) => (
          <li key={`${line.what} ${line.op}`}>
            <OneLine line={line} names={names} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function OneLine({ line, names }: { line: Line; names: Props["names"] }) {
  return (
    <>
      <Text size="sm" c="dimmed">
        {line.what}
      </Text>
      {line.before !== undefined && (
        <del className={classes.value} data-side="before">
          <VisuallyHidden>In {names.from}: </VisuallyHidden>
          {line.before}
        </del>
      )}
      {line.after !== undefined && (
        <ins className={classes.value} data-side="after">
          <VisuallyHidden>In {names.to}: </VisuallyHidden>
          {line.after}
        </ins>
      )}
    </>
  );
}
