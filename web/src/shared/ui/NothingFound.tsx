/** What a list of suggestions says when it has none. A list for screen readers consists of options, so it is one. */
export function NothingFound({ children }: { children: string }) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: it can be read, and not chosen
    <div role="option" aria-selected={false} aria-disabled>
      {children}
    </div>
  );
}
