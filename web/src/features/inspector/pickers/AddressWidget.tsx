import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/api";
import { control, textOf } from "../form/control";
import { useForm, type WidgetProps } from "../form/scope";
import { objectOf } from "../model/pointer";
import { type Option, Picker } from "./Picker";

function useAddresses(): { options: Option[]; busy: boolean } {
  const { context } = useForm();
  const account = useQuery({
    queryKey: ["account"],
    queryFn: ({ signal }) => call(api.GET("/v1/account", { signal })),
    staleTime: 60_000,
  });
  const from = account.data?.mail_from;
  const owner = objectOf(context.definition?.settings).owner;
  const options: Option[] = [];
  if (from) options.push({ value: from, hint: "sender of this account" });
  if (typeof owner === "string" && owner) options.push({ value: owner, hint: "owner of this workflow" });
  return { options, busy: account.isFetching };
}

/** A mail address, or Liquid that gives one. */
export function AddressWidget(props: WidgetProps) {
  const { options, busy } = useAddresses();
  return (
    <Picker
      {...control(props)}
      placeholder={props.placeholder ?? "somebody@example.com"}
      value={textOf(props.value)}
      options={options}
      busy={busy}
      onChange={(v, how) => props.onChange(v || undefined, how)}
    />
  );
}
