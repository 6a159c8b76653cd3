import { Skeleton } from "@mantine/core";
import { Suspense } from "react";
import { SidePanel } from "../panel/SidePanel";
import { VersionView } from "../versions/VersionView";
import classes from "./Builder.module.css";
import { useBuilder } from "./context";
import { Drawing } from "./Drawing";
import { useView } from "./useView";

/** The drawing, and beside it the panel of the tab or of what is selected. */
export function Workbench() {
  const { search } = useBuilder();
  const view = useView();
  return (
    <div className={classes.bench}>
      <section className={classes.drawing} aria-label={view === "outline" ? "Outline" : "Canvas"}>
        <Suspense fallback={<Skeleton height="100%" />}>
          {search.version !== undefined ? (
            <VersionView version={search.version} view={view} />
          ) : (
            <Drawing view={view} />
          )}
        </Suspense>
      </section>
      <SidePanel />
    </div>
  );
}
