import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSession } from "@/api";
import { notifyProblem } from "@/shared";
import { kinds } from "./kinds";
import type { Create, Option } from "./Picker";

export type KindName = keyof typeof kinds;

/** What exists of a kind, and how what was typed may become one. */
export function useKind(name: KindName, typed: string) {
  const kind = kinds[name];
  const { may } = useSession();
  const client = useQueryClient();
  const found = useQuery({
    queryKey: ["pickers", name],
    queryFn: ({ signal }) => kind.list(signal),
    staleTime: 30_000,
  });
  const making = useMutation({
    mutationFn: async (text: string) => kind.create?.run(text),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["pickers", name] });
      void client.invalidateQueries({ queryKey: [name] });
    },
    onError: notifyProblem,
  });
  const key = kind.create?.key(typed) ?? "";
  const liquid = typed.includes("{{");
  const create: Create | null =
    kind.create && key && !liquid && may(kind.create.scope)
      ? { value: key, words: `Create the ${kind.noun} ${key}`, run: () => making.mutate(typed) }
      : null;
  const options: readonly Option[] = found.data ?? [];
  return { options, busy: found.isFetching || making.isPending, create: found.data ? create : null, noun: kind.noun };
}
