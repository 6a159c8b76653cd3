import { Autocomplete, Loader, type MantineSize, Text } from "@mantine/core";
import type { ReactNode } from "react";

export type Option = { value: string; label?: string | undefined; hint?: string | undefined };

/** The option at the end of a list by which what was typed comes into being. */
export type Create = { value: string; words: string; run: () => void };

type Props = {
  label?: string | undefined;
  "aria-label"?: string | undefined;
  description?: string | undefined;
  error?: ReactNode;
  placeholder?: string | undefined;
  withAsterisk?: boolean;
  disabled?: boolean;
  size?: MantineSize;
  value: string;
  options: readonly Option[];
  busy?: boolean;
  create?: Create | null;
  onFocus?: () => void;
  onChange: (value: string, how: { typing: boolean }) => void;
};

const most = 50;

function fitting(options: readonly Option[], text: string): Option[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted || options.some((o) => o.value === text)) return options.slice(0, most);
  const fits = (o: Option) => `${o.value} ${o.label ?? ""} ${o.hint ?? ""}`.toLowerCase().includes(wanted);
  return options.filter(fits).slice(0, most);
}

/** A text with suggestions: what exists, and at the end what may be created. Anything else may be typed, too. */
export function Picker({ options, value, busy, create, onChange, ...rest }: Props) {
  const shown = fitting(options, value);
  const byValue = new Map(shown.map((o) => [o.value, o]));
  const makes = create && !options.some((o) => o.value === create.value) ? create : null;
  const data = [...byValue.keys()];
  if (makes && !byValue.has(makes.value)) data.push(makes.value);
  return (
    <Autocomplete
      {...rest}
      value={value}
      data={data}
      filter={({ options: all }) => all}
      onChange={(text) => onChange(text, { typing: true })}
      onOptionSubmit={(picked) => {
        onChange(picked, { typing: false });
        if (picked === makes?.value) makes.run();
      }}
      renderOption={({ option }) => {
        const known = byValue.get(option.value);
        if (!known) return <Text size="sm">{makes?.words}</Text>;
        return (
          <div>
            <Text size="sm">{known.label ?? known.value}</Text>
            {(known.hint ?? (known.label && known.label !== known.value)) && (
              <Text size="xs" c="dimmed">
                {known.hint ?? known.value}
              </Text>
            )}
          </div>
        );
      }}
      rightSection={busy ? <Loader size="xs" role="status" aria-label="Loading" /> : undefined}
      errorProps={{ component: "div" }}
      maxDropdownHeight={260}
    />
  );
}
