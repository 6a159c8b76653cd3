import { Text, Title } from "@mantine/core";
import { type KeyboardEvent, useMemo } from "react";
import { useBuilder, useDefinition } from "../page/context";
import classes from "./Outline.module.css";
import { outlineOf } from "./rows";
import { TopCard } from "./TopCard";
import { WayList } from "./WayList";

/** The workflow as a nested list, with everything that the canvas can do. */
export function Outline() {
  const { specs } = useBuilder();
  const definition = useDefinition();
  const tree = useMemo(() => outlineOf(definition, specs), [definition, specs]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move between the buttons inside
    <div className={classes.outline} onKeyDown={walk} data-steps>
      <TopCard />
      <WayList way={tree.main} count={tree.count} />
      {tree.islands.length > 0 && (
        <section aria-label="Steps that nothing leads to">
          <Title order={2} size="h5" mt="lg">
            Nothing leads to these
          </Title>
          <Text size="sm" c="dimmed">
            They are kept, and nobody comes to them. Move them to where they belong, or delete them.
          </Text>
          {tree.islands.map((way) => (
            <WayList key={JSON.stringify(way.rows[0])} way={way} count={tree.count} />
          ))}
        </section>
      )}
    </div>
  );
}

/** Up and down between steps; to the enclosing one and to the first inside. */
function walk(event: KeyboardEvent<HTMLElement>) {
  const at = event.target;
  if (!(at instanceof HTMLElement) || !at.hasAttribute("data-step")) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-step]")];
  const here = all.indexOf(at);
  const item = at.closest("li");
  const next: Record<string, HTMLElement | null | undefined> = {
    ArrowDown: all[here + 1],
    ArrowUp: all[here - 1],
    ArrowRight: item?.querySelector<HTMLElement>("ul [data-step]"),
    ArrowLeft: item?.parentElement?.closest("li:has(> div [data-step])")?.querySelector<HTMLElement>("[data-step]"),
    Home: all[0],
    End: all.at(-1),
  };
  if (!(event.key in next) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  next[event.key]?.focus();
}
