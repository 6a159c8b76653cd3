import { Collapse, Stack, UnstyledButton } from "@mantine/core";
import { ChevronDown, ChevronRight } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { humanised } from "@/shared";
import classes from "./form.module.css";

/** Fields behind a heading that folds. */
export function FieldSection({ title, open, children }: { title: string; open: boolean; children: ReactNode }) {
  const [folded, setFolded] = useState(!open);
  const id = useId();
  const Icon = folded ? ChevronRight : ChevronDown;
  return (
    <div className={classes.section}>
      <UnstyledButton
        className={classes.sectionHead}
        aria-expanded={!folded}
        aria-controls={id}
        onClick={() => setFolded(!folded)}
      >
        <Icon size={16} aria-hidden /> {humanised(title)}
      </UnstyledButton>
      <Collapse expanded={!folded} id={id}>
        {!folded && (
          <Stack gap="md" pt="sm">
            {children}
          </Stack>
        )}
      </Collapse>
    </div>
  );
}
