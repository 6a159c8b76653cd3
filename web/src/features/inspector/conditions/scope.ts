import { createContext, useContext } from "react";
import type { KnownPath } from "./usePaths";

/** What all rules of one condition share. */
export type ConditionScope = { paths: KnownPath[]; filter: boolean; readOnly: boolean };

export const ConditionContext = createContext<ConditionScope>({ paths: [], filter: false, readOnly: false });
export const useCondition = () => useContext(ConditionContext);
