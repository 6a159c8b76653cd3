import { Stack, Text, UnstyledButton } from "@mantine/core";
import { Instant } from "@/shared";
import classes from "./MailList.module.css";
import type { SinkMail } from "./queries";

export function MailList({ mails, shown, onShow }: { mails: SinkMail[]; shown: string; onShow: (id: string) => void }) {
  return (
    <Stack gap={4} component="ul" className={classes.list} aria-label="Mails">
      {mails.map((mail) => (
        <li key={mail.id}>
          <UnstyledButton className={classes.mail} aria-current={mail.id === shown} onClick={() => onShow(mail.id)}>
            <Text fw={600} truncate>
              {mail.subject || "(no subject)"}
            </Text>
            <Text size="sm" c="dimmed" truncate>
              {mail.to.join(", ")} · <Instant at={mail.received_at} relative />
            </Text>
          </UnstyledButton>
        </li>
      ))}
    </Stack>
  );
}
