import { Handle, Position } from "@xyflow/react";
import css from "./canvas.module.css";

/** Where edges come in and go out; React Flow draws no edge without them. */
export function Ends() {
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} className={css.hidden} />
      <Handle type="source" position={Position.Bottom} isConnectable={false} className={css.hidden} />
    </>
  );
}
