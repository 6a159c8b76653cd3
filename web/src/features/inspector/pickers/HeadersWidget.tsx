import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSession } from "@/api";
import type { WidgetProps } from "../form/scope";
import { objectOf } from "../model/pointer";
import { MapWidget, type RowValue } from "../widgets/MapWidget";
import { Picker } from "./Picker";
import { NewSecretButton, secretsQuery } from "./SecretPicker";

/** Headers of a call: each value is text, or the name of a secret. */
export function HeadersWidget(props: WidgetProps) {
  const { may } = useSession();
  const { data, isFetching } = useQuery(secretsQuery(may("editor")));
  const [last, setLast] = useState<string | null>(null);
  const rowValue: RowValue = ({ name, value, disabled, onChange }) => (
    <Picker
      aria-label={`Value of ${name}`}
      placeholder="Value, or secret:name"
      value={value}
      options={value === "" || value.startsWith("s") ? (data ?? []) : []}
      busy={isFetching}
      disabled={disabled}
      onChange={onChange}
      onFocus={() => setLast(name)}
    />
  );
  const headers = objectOf(props.value);
  const target = last !== null && last in headers ? last : "Authorization";
  return (
    <div>
      <MapWidget {...props} rowValue={rowValue} />
      {!props.readOnly && (
        <NewSecretButton
          words={`New secret for ${target}`}
          onMade={(made) => props.onChange({ ...headers, [target]: made })}
        />
      )}
    </div>
  );
}
