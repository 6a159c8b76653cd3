import { Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useSession } from "@/api";
import { GuardedButton, Instant, shortValue } from "@/shared";
import classes from "./Attributes.module.css";
import { attributes } from "./changes";
import { EditContact } from "./EditContact";
import type { Contact } from "./queries";
import { Section } from "./Section";

/** What is known of a contact, and the form to change it. */
export function Attributes({ contact }: { contact: Contact }) {
  const { lacks } = useSession();
  const [opened, { open, close }] = useDisclosure();
  const own = Object.entries(contact.fields);
  return (
    <Section
      title="Attributes"
      action={
        <GuardedButton size="xs" variant="default" reason={lacks("editor")} onClick={open}>
          Edit
        </GuardedButton>
      }
    >
      <dl className={classes.list}>
        {attributes.map(([name, label]) => (
          <Line key={name} label={label} value={contact[name] ?? "–"} />
        ))}
        {own.map(([key, value]) => (
          <Line key={key} label={key} value={shortValue(value, 200)} />
        ))}
      </dl>
      <Text size="sm" c="dimmed" mt="xs">
        Known since <Instant at={contact.created_at} />
      </Text>
      {opened && <EditContact contact={contact} onClose={close} />}
    </Section>
  );
}

function Line({ label, value }: { label: string; value: string }) {
  return (
    <div className={classes.line}>
      <Text component="dt" size="sm" c="dimmed">
        {label}
      </Text>
      <Text component="dd" size="sm" className={classes.value}>
        {value}
      </Text>
    </div>
  );
}
