import { Box, Input } from "@mantine/core";
import { type ReactNode, useId } from "react";
import type { WidgetProps } from "./scope";

type Wired = { id: string; "aria-describedby": string | undefined; "aria-invalid": boolean | undefined };

type Props = Pick<WidgetProps, "label" | "help" | "required"> & {
  error?: ReactNode;
  /** Draws the controls; the first takes what wires it to label, help and problems. */
  children: (wired: Wired) => ReactNode;
};

/** A label, help and problems around several controls, of which the first is the one that is named. */
export function Labelled({ label, help, required, error, children }: Props) {
  const id = useId();
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <Input.Wrapper
      label={label}
      withAsterisk={required}
      description={help}
      error={error}
      labelProps={{ htmlFor: id }}
      descriptionProps={{ id: `${id}-help` }}
      errorProps={{ id: `${id}-error`, component: "div" }}
    >
      <Box mt={help ? 4 : 0}>
        {children({ id, "aria-describedby": described || undefined, "aria-invalid": error ? true : undefined })}
      </Box>
    </Input.Wrapper>
  );
}
