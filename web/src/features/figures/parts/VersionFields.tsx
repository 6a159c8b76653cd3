import { Select } from "@mantine/core";

type Props = {
  newest: number | null;
  version?: number;
  compare?: number;
  onChange: (change: { version?: number; compare?: number }) => void;
};

/** Chooses the version that is counted, and one to stand beside it. */
export function VersionFields({ newest, version, compare, onChange }: Props) {
  const all = Array.from({ length: newest ?? 0 }, (_, i) => (newest ?? 0) - i);
  const options = (but?: number) =>
    all.filter((n) => n !== but).map((n) => ({ value: String(n), label: `Version ${n}` }));
  return (
    <>
      <Select
        label="Version"
        placeholder="All versions"
        data={options(compare)}
        value={version ? String(version) : null}
        clearable
        clearButtonProps={{ "aria-label": "All versions" }}
        onChange={(v) => onChange({ version: v ? Number(v) : undefined, compare })}
        w={150}
      />
      <Select
        label="Compare with"
        placeholder="Nothing"
        data={options(version)}
        value={compare ? String(compare) : null}
        clearable
        clearButtonProps={{ "aria-label": "Compare with nothing" }}
        onChange={(v) => onChange({ version, compare: v ? Number(v) : undefined })}
        w={150}
      />
    </>
  );
}
