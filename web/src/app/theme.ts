import {
  Anchor,
  type CSSVariablesResolver,
  createTheme,
  Drawer,
  darken,
  Menu,
  Modal,
  Notification,
  Table,
} from "@mantine/core";
import { styleNonce } from "@/shared";

/** Shade 9 keeps white text on filled controls at 4.5 to 1 and better, in both schemes. */
export const theme = createTheme({
  primaryColor: "cyan",
  primaryShade: { light: 9, dark: 9 },
  autoContrast: true,
  defaultRadius: "md",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  headings: { fontWeight: "650" },
  respectReducedMotion: true,
  cursorType: "pointer",
  components: {
    Modal: Modal.extend({ defaultProps: { closeButtonProps: { "aria-label": "Close" } } }),
    // A menu that opens stands on its first item: nothing but items is in it.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    Drawer: Drawer.extend({ defaultProps: { closeButtonProps: { "aria-label": "Close" } } }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { "aria-label": "Close the message" } } }),
    Anchor: Anchor.extend({ defaultProps: { underline: "hover" } }),
    // What scrolls can be reached by the keyboard.
    TableScrollContainer: Table.ScrollContainer.extend({
      defaultProps: { type: "native", tabIndex: 0, role: "region", "aria-label": "Table" },
    }),
  },
});

/** Quiet text and coloured text on a tint of its colour stay readable: 4.5 to 1 in both schemes. */
export const variables: CSSVariablesResolver = (t) => {
  const each = (suffix: string, amount: number) =>
    Object.fromEntries(
      Object.entries(t.colors).map(([name, shades]) => [
        `--mantine-color-${name}-${suffix}`,
        darken(shades[9], amount),
      ]),
    );
  const hover = each("filled-hover", 0.15);
  return {
    variables: {},
    light: {
      "--mantine-color-dimmed": t.colors.gray[7],
      "--mantine-color-error": t.colors.red[9],
      "--mantine-color-placeholder": t.colors.gray[7],
      ...each("light-color", 0.35),
      ...hover,
    },
    dark: {
      "--mantine-color-dimmed": t.colors.gray[5],
      "--mantine-color-error": t.colors.red[4],
      "--mantine-color-placeholder": t.colors.gray[5],
      ...hover,
    },
  };
};

/** Tells the part of Mantine that locks scrolling behind dialogs the same; it asks this global for it. */
export function shareNonce() {
  Object.assign(globalThis, { __webpack_nonce__: styleNonce() });
}
