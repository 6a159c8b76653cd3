import { Box, Code, Menu, ScrollArea, Text, UnstyledButton } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { Copy, GitBranch, SquarePen } from "lucide-react";
import type { NodeDef } from "@/graph";
import { shortValue } from "@/shared";
import { useForm } from "../form/scope";
import { answerPath, leavesOf } from "./body";
import classes from "./request.module.css";
import { branchOn, writeTo } from "./uses";

const most = 200;

type Props = {
  value: unknown;
  /** The name under which the answer is kept, and whether the step has one already. */
  name: string;
  kept: boolean;
  /** Has the step keep its answer. */
  onKeep: () => void;
};

/** An answer value by value. A value that is picked is kept by the step, and goes into a step behind it. */
export function AnswerTree({ value, name, kept, onKeep }: Props) {
  const { context, readOnly } = useForm();
  const clipboard = useClipboard({ timeout: 2000 });
  const leaves = leavesOf(value).slice(0, most);
  const pick = (use: () => void) => {
    if (!kept) onKeep();
    use();
  };
  const follow = (node: NodeDef) => pick(() => context.follow?.(node));
  return (
    <Box>
      <Text size="xs" c="dimmed">
        Pick a value to use it in a step behind this one. {!kept && `The answer is then kept as ${name}. `}
        {kept && "Every field of later steps offers these values, too."}
      </Text>
      <ScrollArea.Autosize mah={260} viewportProps={{ tabIndex: 0, role: "group", "aria-label": "The answer" }}>
        {leaves.map((leaf) => {
          const path = answerPath(name, leaf.keys);
          return (
            <Menu key={path} position="bottom-start" shadow="md" width={260} disabled={readOnly}>
              <Menu.Target>
                <UnstyledButton
                  className={classes.leaf}
                  disabled={readOnly}
                  aria-label={`Use ${path} ${shortValue(leaf.value, 60)}`}
                >
                  <Code>{path}</Code>
                  <Text span size="xs">
                    {shortValue(leaf.value, 60)}
                  </Text>
                </UnstyledButton>
              </Menu.Target>
              <Menu.Dropdown>
                {context.follow && (
                  <>
                    <Menu.Item
                      leftSection={<SquarePen size={14} aria-hidden />}
                      onClick={() => follow(writeTo(path, name, leaf.keys))}
                    >
                      Write it to a field of the contact
                    </Menu.Item>
                    <Menu.Item
                      leftSection={<GitBranch size={14} aria-hidden />}
                      onClick={() => follow(branchOn(path, leaf.value))}
                    >
                      Branch on it
                    </Menu.Item>
                  </>
                )}
                <Menu.Item
                  leftSection={<Copy size={14} aria-hidden />}
                  onClick={() => pick(() => clipboard.copy(`{{ ${path} }}`))}
                >
                  Copy it as a merge field
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          );
        })}
      </ScrollArea.Autosize>
      <Text size="xs" aria-live="polite">
        {clipboard.copied && "Copied"}
      </Text>
    </Box>
  );
}
