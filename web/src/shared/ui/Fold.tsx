import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Fold.module.css";

/** Something that is shown when it is asked for. */
export function Fold({ label, children, open }: { label: string; children: ReactNode; open?: boolean }) {
  return (
    <details className={classes.fold} open={open}>
      <Text component="summary" size="sm" className={classes.summary}>
        {label}
      </Text>
      <div className={classes.body}>{children}</div>
    </details>
  );
}
