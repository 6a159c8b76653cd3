import { Anchor, Button, Group, Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { type Definition, graphOf, type Specs } from "@/graph";
import { ProblemAlert } from "@/shared";
import { dayIn } from "../days";
import { onCanvas } from "../onCanvas";
import { RangeFields } from "../parts/RangeFields";
import { analyticsQuery } from "../queries";
import type { Range } from "../search";
import { useAsked } from "../useFigures";
import { dropOffWords } from "../words";
import classes from "./layer.module.css";
import { looks } from "./StepFoot";
import type { Layer } from "./useFigureLayer";

type Props = {
  workflow: string;
  definition: Definition;
  specs: Specs;
  layer: NonNullable<Layer>;
  /** The version that was published last; null: none was. */
  newest: number | null;
  onRange: (range: Range) => void;
  /** Without it, the version is that of what is drawn. */
  onVersion?: (version: number | undefined) => void;
  onClose: () => void;
};

/** What the figures over the drawing are of, what their signs mean, and the way back to editing. */
export function FigureBar({ workflow, definition, specs, layer, newest, onRange, onVersion, onClose }: Props) {
  const asked = useAsked(layer);
  const { data, error, refetch } = useQuery(analyticsQuery(workflow, asked, layer.version));
  const { range, from, to, version } = layer;
  const elsewhere = useMemo(
    () => (data ? onCanvas(data, graphOf(definition, specs)).elsewhere : []),
    [data, definition, specs],
  );
  const shown = data && {
    from: dayIn(data.timezone, Date.parse(data.from)),
    to: dayIn(data.timezone, Date.parse(data.to) - 1),
  };
  return (
    <section className={classes.bar} aria-label="Figures on the canvas">
      <Group p="xs" gap="sm" align="flex-end">
        <RangeFields range={layer} shown={shown} onChange={onRange} size="xs" />
        {onVersion && (
          <Select
            label="Version"
            size="xs"
            placeholder="All versions"
            data={Array.from({ length: newest ?? 0 }, (_, i) => (newest ?? 0) - i).map((n) => ({
              value: String(n),
              label: `Version ${n}`,
            }))}
            value={version ? String(version) : null}
            clearable
            clearButtonProps={{ "aria-label": "All versions" }}
            onChange={(v) => onVersion(v ? Number(v) : undefined)}
            w={140}
          />
        )}
        <div style={{ flex: "1 1 18rem" }}>
          <Text size="sm" fw={600} role="status">
            {data ? `${version ? `Version ${version}: ` : ""}${dropOffWords(data)}` : "Counting …"}
          </Text>
          <Group gap="sm">
            {looks.map(({ what, icon: Icon, words }) => (
              <Group key={what} gap={4} wrap="nowrap">
                <Icon size={13} aria-hidden />
                <Text size="xs">{words}</Text>
              </Group>
            ))}
            {elsewhere.length > 0 && (
              <Text size="xs">
                {elsewhere.length === 1 ? "1 step" : `${elsewhere.length} steps`} of other versions: see the{" "}
                <Anchor
                  size="xs"
                  renderRoot={(props) => (
                    <Link
                      to="/workflows/$key/figures"
                      params={{ key: workflow }}
                      search={{ range, from, to, version, tab: "steps" }}
                      {...props}
                    />
                  )}
                >
                  dashboard
                </Anchor>
              </Text>
            )}
          </Group>
        </div>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          Hide the figures
        </Button>
      </Group>
      {error && <ProblemAlert problem={error} retry={() => void refetch()} />}
    </section>
  );
}
