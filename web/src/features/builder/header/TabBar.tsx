import { Tabs } from "@mantine/core";
import { useBuilder } from "../page/context";
import { type Tab, tabs } from "../page/search";
import classes from "./Header.module.css";

const words: Record<Tab, string> = {
  build: "Build",
  rehearse: "Rehearse",
  test: "Test",
  settings: "Settings",
  versions: "Versions",
};

/** What the panel beside the drawing is about. */
export function TabBar() {
  const { search, go } = useBuilder();
  const value = search.tab ?? "build";
  const choose = (tab: string | null) => {
    const next = tabs.find((t) => t === tab);
    go({ tab: next === "build" ? undefined : next, version: next === "versions" ? search.version : undefined });
  };
  return (
    <Tabs value={value} onChange={choose} variant="default" aria-label="Parts of the workflow">
      <Tabs.List className={classes.tabs}>
        {tabs.map((tab) => (
          <Tabs.Tab key={tab} value={tab} className={classes.tab}>
            {words[tab]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </Tabs>
  );
}
