import { Modal, ScrollArea, Text, TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import classes from "./StepPicker.module.css";

/** Something that can be chosen. A reason says why it cannot. */
export type Choice = { id: string; title: string; description?: string; icon?: ReactNode; reason?: string | undefined };
export type ChoiceGroup = { title: string; choices: Choice[] };

type Props = {
  title: string;
  /** What the search field and the list are called: "Search steps", "Types of steps". */
  names: {
    search: string;
    list: string;
    placeholder: string;
    none: string;
    /** Says how many fit, as a live region. Without it only an empty list is said. */
    count?: (n: number) => string;
  };
  find: (query: string) => ChoiceGroup[];
  onPick: (id: string) => void;
  onClose: () => void;
};

/** A list to search in and choose from, by keyboard or by pointer. */
export function Chooser({ title, onClose, ...rest }: Props) {
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size="lg"
      yOffset="8vh"
      padding="sm"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Choices {...rest} />
    </Modal>
  );
}

function Choices({ names, find, onPick }: Omit<Props, "title" | "onClose">) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const groups = find(query);
  const flat = groups.flatMap((group) => group.choices);
  const pick = (choice: Choice | undefined) => choice && choice.reason === undefined && onPick(choice.id);
  const move = (to: number) => {
    const next = Math.max(0, Math.min(flat.length - 1, to));
    setAt(next);
    document.getElementById(`${id}-${flat[next]?.id}`)?.scrollIntoView({ block: "nearest" });
  };
  const keys: Record<string, () => unknown> = {
    ArrowDown: () => move(at + 1),
    ArrowUp: () => move(at - 1),
    PageDown: () => move(at + 6),
    PageUp: () => move(at - 6),
    Enter: () => pick(flat[at]),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const key = keys[event.key];
    if (!key || event.nativeEvent.isComposing) return;
    event.preventDefault();
    key();
  };
  return (
    <>
      <TextInput
        data-autofocus
        aria-label={names.search}
        placeholder={names.placeholder}
        leftSection={<Search size={16} aria-hidden />}
        value={query}
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={flat[at] ? `${id}-${flat[at].id}` : undefined}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ScrollArea.Autosize
        mah="60vh"
        mt="xs"
        type="auto"
        viewportProps={{ tabIndex: -1, role: "listbox", id: `${id}-list`, "aria-label": names.list }}
      >
        <div className={classes.list}>
          {groups.map((group) => (
            // biome-ignore lint/a11y/useSemanticElements: a group of options in a listbox has no element of its own
            <div key={group.title} role="group" aria-label={group.title}>
              {group.title !== "" && (
                <div className={classes.group} aria-hidden>
                  {group.title}
                </div>
              )}
              {group.choices.map((choice) => (
                <Option
                  key={choice.id}
                  id={`${id}-${choice.id}`}
                  choice={choice}
                  selected={flat[at] === choice}
                  onPick={() => pick(choice)}
                  onHover={() => setAt(flat.indexOf(choice))}
                />
              ))}
            </div>
          ))}
        </div>
      </ScrollArea.Autosize>
      {flat.length === 0 && (
        <Text c="dimmed" p="sm" role={names.count ? undefined : "status"}>
          {names.none}
        </Text>
      )}
      {names.count && (
        <Text size="xs" c="dimmed" mt="xs" px="sm" role="status" aria-label={`${names.list} found`}>
          {names.count(flat.length)}
        </Text>
      )}
    </>
  );
}

type OptionProps = { id: string; choice: Choice; selected: boolean; onPick: () => void; onHover: () => void };

/** One line. The search field keeps the focus; keys are its own. */
function Option({ id, choice, selected, onPick, onHover }: OptionProps) {
  const { title, description, icon, reason } = choice;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the combobox that owns the list handles the keys
    // biome-ignore lint/a11y/useFocusableInteractive: options are reached through aria-activedescendant
    <div
      id={id}
      role="option"
      aria-selected={selected}
      aria-disabled={reason !== undefined}
      className={classes.option}
      onClick={onPick}
      onMouseMove={() => !selected && onHover()}
    >
      {icon ? (
        <span className={classes.icon} aria-hidden>
          {icon}
        </span>
      ) : (
        <span />
      )}
      <span>
        <Text size="sm" fw={600} c={reason === undefined ? undefined : "dimmed"}>
          {title}
        </Text>
        {description && (
          <Text size="xs" c="dimmed">
            {description}
          </Text>
        )}
        {reason !== undefined && (
          <Text size="xs" className={classes.why}>
            {reason}
          </Text>
        )}
      </span>
    </div>
  );
}

/** Finds those of which title and description hold every word that was typed. */
export function among(choices: Choice[]) {
  return (query: string): ChoiceGroup[] => {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (c: Choice) => words.every((w) => `${c.title} ${c.description ?? ""}`.toLowerCase().includes(w));
    const found = choices.filter(fits);
    return found.length > 0 ? [{ title: "", choices: found }] : [];
  };
}
