import { Button, Group, Popover, ScrollArea, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { Braces } from "lucide-react";
import { useRef, useState } from "react";
import { shortValue } from "@/shared";
import { type KnownPath, usePaths } from "../conditions/usePaths";
import { usePreviewContact } from "../previews/usePreviewContact";
import classes from "./liquid.module.css";

/** Liquid that writes a field, and the default in its place where it is missing. */
export function mergeField(path: string, otherwise: string): string {
  if (otherwise === "") return `{{ ${path} }}`;
  const quote = otherwise.includes("'") ? '"' : "'";
  return `{{ ${path} | default: ${quote}${otherwise.replaceAll(quote, "")}${quote} }}`;
}

/** Whether a value may be missing for another contact than the one that is looked at. */
function mayBeMissing({ path, source, sample }: KnownPath): boolean {
  if (sample === null || sample === undefined) return true;
  return source !== "account" && source !== "enrollment" && !/\.(id|email|created_at)$/.test(path);
}

type Props = { label: string; disabled: boolean; onInsert: (text: string) => void };

/** Finds a merge field, shows its value for the chosen contact, and asks what to write where it is missing. */
export function InsertField({ label, disabled, onInsert }: Props) {
  const [opened, setOpened] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  // Whoever leaves without a field comes back to the button; an inserted field leads into the text.
  const change = (open: boolean) => {
    setOpened(open);
    if (!open) button.current?.focus();
  };
  return (
    <Popover opened={opened} onChange={change} width={320} shadow="md" position="bottom-end" trapFocus>
      <Popover.Target>
        <Button
          ref={button}
          variant="subtle"
          size="compact-xs"
          leftSection={<Braces size={12} aria-hidden />}
          disabled={disabled}
          aria-label={`Insert field into ${label}`}
          onClick={() => setOpened(!opened)}
        >
          Insert field
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        {opened && (
          <FieldFinder
            onDone={(text) => {
              setOpened(false);
              onInsert(text);
            }}
          />
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function FieldFinder({ onDone }: { onDone: (text: string) => void }) {
  const { paths, busy } = usePaths();
  const contact = usePreviewContact();
  const [text, setText] = useState("");
  const [asked, setAsked] = useState<KnownPath | null>(null);
  const fits = paths.filter((p) => `${p.path} ${p.label}`.toLowerCase().includes(text.trim().toLowerCase()));
  const pick = (p: KnownPath) => (mayBeMissing(p) ? setAsked(p) : onDone(mergeField(p.path, "")));
  if (asked) return <Otherwise path={asked} onDone={onDone} />;
  return (
    <Stack gap="xs">
      <TextInput
        size="xs"
        aria-label="Find a field"
        placeholder="Find a field"
        value={text}
        onChange={(e) => setText(e.currentTarget.value)}
        onKeyDown={(e) => {
          if (e.key !== "Enter") return;
          // The rest of this key press would otherwise submit the form that comes next.
          e.preventDefault();
          if (fits[0]) pick(fits[0]);
        }}
        data-autofocus
      />
      <Text size="xs" c="dimmed">
        {contact.id ? `Values of ${contact.name}` : "Choose a contact at a preview to see values."}
      </Text>
      <ScrollArea.Autosize mah={260}>
        {fits.map((p) => (
          <UnstyledButton key={p.path} className={classes.field} onClick={() => pick(p)}>
            <Text size="sm">{p.label}</Text>
            <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
              {p.path} · {p.sample === null || p.sample === undefined ? "no value" : shortValue(p.sample, 40)}
            </Text>
          </UnstyledButton>
        ))}
        {fits.length === 0 && (
          <Text size="xs" c="dimmed" p={6}>
            {busy ? "Asking the server…" : "No such field. Any path may be typed into the text: {{ contact.plan }}."}
          </Text>
        )}
      </ScrollArea.Autosize>
    </Stack>
  );
}

function Otherwise({ path, onDone }: { path: KnownPath; onDone: (text: string) => void }) {
  const [otherwise, setOtherwise] = useState("");
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        e.stopPropagation();
        onDone(mergeField(path.path, otherwise.trim()));
      }}
    >
      <Stack gap="xs">
        <TextInput
          size="xs"
          label={`Where ${path.label} is missing, write`}
          description="Not every contact has it. Left empty, nothing is written there."
          placeholder="there"
          value={otherwise}
          onChange={(e) => setOtherwise(e.currentTarget.value)}
          data-autofocus
          autoFocus
        />
        <Group justify="flex-end">
          <Button type="submit" size="compact-sm">
            Insert
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
