import { Select } from "@mantine/core";
import { isStatus, type Status, statuses } from "./selection";

/** Chooses a status; none is every status but archived. */
export function StatusFilter({
  value,
  onChange,
}: {
  value: Status | undefined;
  onChange: (value: Status | undefined) => void;
}) {
  return (
    <Select
      label="Status"
      placeholder="All in use"
      data={[...statuses]}
      value={value ?? null}
      clearable
      w={150}
      clearButtonProps={{ "aria-label": "All in use" }}
      onChange={(status) => onChange(isStatus(status) ? status : undefined)}
    />
  );
}
