import { textOf, typing } from "../form/control";
import type { Widget, WidgetProps } from "../form/scope";
import { LiquidInput } from "./LiquidInput";

/** One line with merge fields. */
export function LiquidWidget(props: WidgetProps) {
  return (
    <LiquidInput
      {...props}
      text={textOf(props.value)}
      lines={1}
      onText={(text) => props.onChange(text || undefined, typing)}
    />
  );
}

function linesWidget(lines: number, language: "text" | "html"): Widget {
  return function LiquidLinesWidget(props: WidgetProps) {
    return (
      <LiquidInput
        {...props}
        text={textOf(props.value)}
        lines={lines}
        language={language}
        preview={language === "text"}
        onText={(text) => props.onChange(text || undefined, typing)}
      />
    );
  };
}

export const LiquidLinesWidget = linesWidget(5, "text");
export const HtmlWidget = linesWidget(10, "html");

/** A number, or Liquid that gives one. */
export function LiquidNumberWidget(props: WidgetProps) {
  const take = (text: string) => {
    const plain = text.trim();
    const number = plain !== "" && /^-?\d+(\.\d+)?$/.test(plain);
    props.onChange(number ? Number(plain) : text || undefined, typing);
  };
  return <LiquidInput {...props} text={textOf(props.value)} lines={1} onText={take} />;
}
