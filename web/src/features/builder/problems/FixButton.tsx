import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Wrench } from "lucide-react";
import { useState } from "react";
import { useSession } from "@/api";
import { notifyProblem } from "@/shared";
import type { Problem } from "../queries";
import { FixForm } from "./FixForm";
import { askedBy, carryOut, fixWords, scopeOf } from "./fix";

type Props = { fix: NonNullable<Problem["fix"]>; onFixed: () => Promise<void> | void };

/** Carries out the repair that the server proposed for a problem, after asking what only a person can say. */
export function FixButton({ fix, onFixed }: Props) {
  const { lacks } = useSession();
  const [asking, ask] = useState(false);
  const action = useMutation({ mutationFn: () => carryOut(fix), onSuccess: onFixed, onError: notifyProblem });
  const words = fixWords(fix);
  if (!words) return null;
  const reason = lacks(scopeOf(fix));
  if (asking) return <FixForm fix={fix} onFixed={onFixed} onCancel={() => ask(false)} />;
  return (
    <Button
      size="compact-sm"
      variant="light"
      leftSection={<Wrench size={14} aria-hidden />}
      loading={action.isPending}
      disabled={reason !== null}
      title={reason ?? undefined}
      onClick={() => (askedBy(fix).length > 0 ? ask(true) : action.mutate())}
    >
      {words}
    </Button>
  );
}
