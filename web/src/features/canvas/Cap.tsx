import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { Ends } from "./Ends";
import css from "./edges.module.css";
import type { CapNode } from "./elements";
import { Plus } from "./Plus";

/** The end of an open way. */
export const Cap = memo(function Cap({ data: { slot, words, insert } }: NodeProps<CapNode>) {
  return (
    <>
      {insert ? <Plus slot={slot} words={words} end /> : <span className={css.end} title="The passage ends here" />}
      <Ends />
    </>
  );
});
