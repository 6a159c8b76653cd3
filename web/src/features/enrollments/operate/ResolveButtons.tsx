import { Group } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useSession } from "@/api";
import { ConfirmButton, GuardedButton } from "@/shared";
import { keys } from "../queries";
import { resolve } from "./resolve";

type Props = { enrollment: string; node: string; visit: number; status: string };

/** The two ways to settle an effect whose outcome nobody knows. */
export function ResolveButtons({ enrollment, node, visit, status }: Props) {
  const taken = status === "exited" || status === "canceled";
  const { may } = useSession();
  const client = useQueryClient();
  const decide = async (how: "mark_sent" | "resend") => {
    await resolve(how, enrollment, node, visit);
    await client.invalidateQueries({ queryKey: keys.all });
  };
  if (!may("editor")) {
    return (
      <GuardedButton size="xs" variant="default" reason="Needs the scope editor." onClick={() => {}}>
        It arrived
      </GuardedButton>
    );
  }
  return (
    <Group gap="xs" mt="xs">
      <ConfirmButton
        size="xs"
        variant="default"
        label="It arrived"
        question="Note that it was carried out?"
        onConfirm={() => decide("mark_sent")}
      >
        {taken ? "The step stays as it is. Nothing is sent." : "The step counts as done. Nothing is sent."}
      </ConfirmButton>
      {!taken && status !== "held" && (
        <ConfirmButton
          size="xs"
          variant="default"
          label="Send again"
          question="Carry it out once more?"
          onConfirm={() => decide("resend")}
        >
          It goes out under the same key. Whoever has it already may get it twice.
        </ConfirmButton>
      )}
    </Group>
  );
}
