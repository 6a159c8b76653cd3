import { ActionIcon, Group, Slider, Text } from "@mantine/core";
import { ChevronLeft, ChevronRight, Pause, Play } from "lucide-react";

type Props = {
  at: number;
  total: number;
  playing: boolean;
  onPlay: () => void;
  onPause: () => void;
  onGo: (at: number) => void;
};

/** Walks through a rehearsal: by itself, step by step, or to anywhere. */
export function ReplayBar({ at, total, playing, onPlay, onPause, onGo }: Props) {
  return (
    <Group gap={4} wrap="nowrap" role="group" aria-label="Replay">
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={playing ? "Pause" : "Play"}
        onClick={playing ? onPause : onPlay}
      >
        {playing ? <Pause size={16} aria-hidden /> : <Play size={16} aria-hidden />}
      </ActionIcon>
      <ActionIcon variant="default" size="lg" aria-label="Step back" disabled={at === 0} onClick={() => onGo(at - 1)}>
        <ChevronLeft size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon variant="default" size="lg" aria-label="Step on" disabled={at >= total} onClick={() => onGo(at + 1)}>
        <ChevronRight size={16} aria-hidden />
      </ActionIcon>
      <Slider
        flex={1}
        mx="xs"
        min={0}
        max={Math.max(1, total)}
        step={1}
        value={at}
        onChange={onGo}
        label={null}
        thumbLabel="Steps shown"
      />
      <Text size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
        {at} of {total}
      </Text>
    </Group>
  );
}
