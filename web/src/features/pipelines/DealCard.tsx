import { ActionIcon, Anchor, Group, Menu, Text } from "@mantine/core";
import { EllipsisVertical } from "lucide-react";
import type { DragEvent } from "react";
import type { Schemas } from "@/api";
import classes from "./Board.module.css";
import { amount, type Deal } from "./queries";

type Props = {
  deal: Deal;
  stages: Schemas["Stage"][];
  canMove: boolean;
  onDragStart: (e: DragEvent) => void;
  onMove: (stage: string) => void;
};

export function DealCard({ deal, stages, canMove, onDragStart, onMove }: Props) {
  return (
    <li className={classes.card} draggable={canMove} onDragStart={onDragStart}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
        <Text fw={600} size="sm">
          {deal.title}
        </Text>
        {canMove && (
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" aria-label={`Move ${deal.title}`}>
                <EllipsisVertical size={16} aria-hidden />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>Move to</Menu.Label>
              {stages
                .filter((stage) => stage.key !== deal.stage)
                .map((stage) => (
                  <Menu.Item key={stage.key} onClick={() => onMove(stage.key)}>
                    {stage.name}
                  </Menu.Item>
                ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </Group>
      <Text size="sm">{amount(deal)}</Text>
      <Text size="xs" c="dimmed">
        <Anchor href={`/contacts/${deal.contact}`} inherit>
          Contact
        </Anchor>
        {deal.owner && ` · ${deal.owner}`}
      </Text>
    </li>
  );
}
