import { CalendarClock, Hand, LogOut, Moon, Timer, Webhook, Zap } from "lucide-react";
import type { ReactNode } from "react";
import { addExit, addTrigger, EditError, type Trigger } from "@/graph";
import { useBuilder } from "../page/context";
import { focusFirstEmpty } from "../page/focus";
import { type Choice, Chooser } from "./Chooser";

type Kind = { id: string; title: string; description: string; icon: ReactNode; make: () => Omit<Trigger, "id"> };

const kinds: Kind[] = [
  {
    id: "event",
    title: "An event",
    description: "Something that happens to a contact: a purchase, a form, a tag.",
    icon: <Zap size={18} />,
    make: () => ({ event: "" }),
  },
  {
    id: "manual",
    title: "By hand",
    description: "You, or the API, enroll contacts.",
    icon: <Hand size={18} />,
    make: () => ({ manual: true }),
  },
  {
    id: "date",
    title: "A date of the contact",
    description: "A birthday, a renewal, days before or after it.",
    icon: <CalendarClock size={18} />,
    make: () => ({ date: {} }),
  },
  {
    id: "schedule",
    title: "A schedule",
    description: "Every Monday at nine, for all contacts that fit.",
    icon: <Timer size={18} />,
    make: () => ({ schedule: {} }),
  },
  {
    id: "inactivity",
    title: "Inactivity",
    description: "Contacts that have not opened or clicked for some time.",
    icon: <Moon size={18} />,
    make: () => ({ inactivity: {} }),
  },
  {
    id: "webhook",
    title: "A webhook",
    description: "Another program calls a secret address.",
    icon: <Webhook size={18} />,
    make: () => ({ webhook: {} }),
  },
];

const exit: Choice = {
  id: "event",
  title: "An event",
  description: "Ends the enrollment at once, wherever it is: a purchase, a cancellation.",
  icon: <LogOut size={18} />,
};

/** Chooses the kind of a new trigger or exit, and opens it. */
export function RuleDialog({ list, onClose }: { list: "triggers" | "exits"; onClose: () => void }) {
  const { store, actions } = useBuilder();
  const kind = list === "triggers" ? "trigger" : "exit";
  const pick = (id: string) => {
    onClose();
    const { definition } = store.getState();
    try {
      const make = kinds.find((one) => one.id === id)?.make ?? (() => ({ event: "" }));
      const added = list === "triggers" ? addTrigger(definition, make(), id) : addExit(definition, { event: "" }, id);
      actions.change(() => added.definition, `Add ${kind === "exit" ? "an exit" : "a trigger"}`, {
        select: { kind, id: added.id },
      });
      focusFirstEmpty();
    } catch (why) {
      if (!(why instanceof EditError)) throw why;
      actions.refuse(why.message);
    }
  };
  const choices = list === "triggers" ? kinds : [exit];
  const find = (query: string) => {
    const found = choices.filter((c) => `${c.title} ${c.description}`.toLowerCase().includes(query.toLowerCase()));
    return found.length > 0 ? [{ title: "", choices: found }] : [];
  };
  const names = { search: "Search", list: `Kinds of ${list}`, placeholder: "Search", none: "There is no such kind." };
  const title = list === "triggers" ? "Add a trigger: what starts it?" : "Add an exit: what ends it at once?";
  return <Chooser title={title} names={names} find={find} onPick={pick} onClose={onClose} />;
}
