import type { NodeProps } from "@xyflow/react";
import { memo } from "react";
import { Ends } from "./Ends";
import type { MeetingNode } from "./elements";
import { Plus } from "./Plus";

/** Where the ways of a step meet again: a step that is put here stands behind all of them. */
export const Meeting = memo(function Meeting({ data: { gap, words } }: NodeProps<MeetingNode>) {
  return (
    <>
      <Plus slot={gap.slot} also={gap.also} words={words} />
      <Ends />
    </>
  );
});
