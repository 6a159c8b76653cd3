import { SidePanel } from "../panel/SidePanel";
import { VersionScope } from "../versions/VersionScope";
import classes from "./Builder.module.css";
import { useBuilder } from "./context";
import { Drawing } from "./Drawing";
import { useView } from "./useView";

/** The drawing, and beside it the panel of the tab or of what is selected. */
export function Workbench() {
  const { search } = useBuilder();
  return (
    <div className={classes.bench}>
      {search.version === undefined ? (
        <Bench />
      ) : (
        <VersionScope version={search.version}>
          <Bench />
        </VersionScope>
      )}
    </div>
  );
}

function Bench() {
  const view = useView();
  return (
    <>
      <section className={classes.drawing} aria-label={view === "outline" ? "Outline" : "Canvas"}>
        <Drawing view={view} />
      </section>
      <SidePanel />
    </>
  );
}
