import { useEffect, useId, useRef } from "react";
import classes from "./HtmlFrame.module.css";

/**
 * Shows somebody else's HTML, such as a mail. The server sends it back under a policy that lets no
 * script run and nothing be loaded from elsewhere; the frame has no origin.
 */
export function HtmlFrame({
  html,
  title,
  width = "100%",
  height = 480,
}: {
  html: string;
  title: string;
  width?: number | string;
  height?: number | string;
}) {
  const name = useId();
  const form = useRef<HTMLFormElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the form is sent again whenever its content changes
  useEffect(() => {
    form.current?.submit();
  }, [html]);
  return (
    <>
      <form ref={form} method="post" action="/frame" target={name} hidden>
        <textarea name="html" value={html} readOnly aria-label="HTML to show" />
      </form>
      <iframe name={name} title={title} sandbox="" className={classes.frame} style={{ width, height }} />
    </>
  );
}
