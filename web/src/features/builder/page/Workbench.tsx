import { SidePanel } from "../panel/SidePanel";
import { VersionScope } from "../versions/VersionScope";
import classes from "./Builder.module.css";
import { useBuilder, useDefinition } from "./context";
import { Drawing } from "./Drawing";
import { FigureBar } from "./parts";
import { useLayer } from "./useLayer";
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
  const layer = useLayer();
  const { workflow, specs, go } = useBuilder();
  const definition = useDefinition();
  return (
    <>
      <section className={classes.drawing} aria-label={view === "outline" ? "Outline" : "Canvas"}>
        {layer && view === "canvas" && (
          <FigureBar
            workflow={workflow.key}
            definition={definition}
            specs={specs}
            layer={layer}
            newest={workflow.version}
            onVersion={(version) => go({ version })}
            onRange={({ range, from, to }) => go({ range, from, to })}
            onClose={() => go({ figures: undefined })}
          />
        )}
        <div className={classes.sheet}>
          <Drawing view={view} />
        </div>
      </section>
      <SidePanel />
    </>
  );
}
