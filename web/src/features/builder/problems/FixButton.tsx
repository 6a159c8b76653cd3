import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Wrench } from "lucide-react";
import { useSession } from "@/api";
import { notifyProblem } from "@/shared";
import type { Problem } from "../queries";
import { carryOut, fixWords } from "./fix";

type Props = { fix: NonNullable<Problem["fix"]>; onFixed: () => Promise<void> | void };

/** Carries out the repair that the server proposed for a problem. */
export function FixButton({ fix, onFixed }: Props) {
  const { may } = useSession();
  const action = useMutation({ mutationFn: () => carryOut(fix), onSuccess: onFixed, onError: notifyProblem });
  const words = fixWords(fix);
  if (!words) return null;
  const allowed = may("editor");
  return (
    <Button
      size="compact-sm"
      variant="light"
      leftSection={<Wrench size={14} aria-hidden />}
      loading={action.isPending}
      disabled={!allowed}
      title={allowed ? undefined : "Your key may not change anything: it lacks the scope editor"}
      onClick={() => action.mutate()}
    >
      {words}
    </Button>
  );
}
