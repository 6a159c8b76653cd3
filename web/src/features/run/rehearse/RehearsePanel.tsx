import { Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Drama } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { ApiProblem, useSession } from "@/api";
import { useChosenContact } from "@/features/contact-chooser";
import { overlayOf, passageOf } from "@/features/enrollments";
import { eventTypesQuery, sampleData } from "@/features/events";
import type { Definition } from "@/graph";
import { GuardedButton, localTime, ProblemAlert } from "@/shared";
import type { RunPanelProps } from "../types";
import { useZone } from "../zone";
import { RehearseFields } from "./RehearseFields";
import { RehearseResult } from "./RehearseResult";
import { ReplayBar } from "./ReplayBar";
import { exampleContact, type RehearseForm, requestOf, triggerTypes } from "./request";
import { useRehearsal } from "./useRehearsal";
import { useReplay } from "./useReplay";

/** Rehearses the draft: weeks in a moment, nothing sent. It draws itself on the canvas. */
export function RehearsePanel({ workflow, definition, specs, whenSaved, onOverlay, onSelect }: RunPanelProps) {
  const { may } = useSession();
  const { contact } = useChosenContact();
  const { data: types } = useQuery({ ...eventTypesQuery, retry: false });
  const [form, setForm] = useState<RehearseForm>(() => begin(definition));
  const [wrong, setWrong] = useState<Record<string, string>>({});
  // Until somebody writes data, it is the documented data of the trigger's type.
  const [written, setWritten] = useState(false);
  const keys = types?.items.find((t) => t.type === form.trigger)?.data;
  const sample = useMemo(() => JSON.stringify(sampleData(keys ?? []), null, 2), [keys]);
  const shownForm = written ? form : { ...form, triggerText: sample };
  const { steps, result, problem, running, run } = useRehearsal(workflow, whenSaved);
  const replay = useReplay(steps.length);
  const zone = useZone(definition, form.example ? exampleZone(form.exampleText) : contact?.timezone);
  const shown = useMemo(() => steps.slice(0, replay.at), [steps, replay.at]);

  useEffect(() => {
    const labels = Object.fromEntries(shown.map((s) => [s.node, localTime(s.at, zone)]));
    onOverlay(shown.length > 0 ? overlayOf(passageOf(shown), labels) : null);
  }, [shown, zone, onOverlay]);
  useEffect(() => () => onOverlay(null), [onOverlay]);
  // While it plays, the camera goes along.
  const here = replay.playing ? shown.at(-1)?.node : undefined;
  useEffect(() => {
    if (here) onSelect(here);
  }, [here, onSelect]);

  const errors = (name: string) =>
    wrong[name] ?? (problem instanceof ApiProblem && name.startsWith("/") ? problem.at(name)[0]?.message : undefined);
  const start = () => {
    const read = requestOf(shownForm, contact?.id ?? null);
    setWrong("wrong" in read ? read.wrong : {});
    if ("wrong" in read) return;
    replay.restart();
    void run(read.request);
  };
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        Weeks pass in a moment. Nothing is sent, called or changed.
      </Text>
      <RehearseFields
        definition={definition}
        form={shownForm}
        onChange={(next) => {
          if (next.triggerText !== shownForm.triggerText) setWritten(true);
          setForm(next);
        }}
        onTrigger={(trigger) => {
          setWritten(false);
          setForm({ ...form, trigger });
        }}
        errors={errors}
      />
      <GuardedButton
        leftSection={<Drama size={16} aria-hidden />}
        loading={running}
        reason={may("editor") ? null : "Needs the scope editor."}
        onClick={start}
      >
        Rehearse
      </GuardedButton>
      <ProblemAlert problem={problem} />
      {steps.length > 0 && (
        <ReplayBar
          at={replay.at}
          total={steps.length}
          playing={replay.playing}
          onPlay={replay.play}
          onPause={replay.pause}
          onGo={replay.goTo}
        />
      )}
      <RehearseResult
        definition={definition}
        specs={specs}
        steps={shown}
        result={replay.at === steps.length ? result : null}
        zone={zone}
        onSelect={onSelect}
      />
      {steps.length > 0 && (
        <Button variant="subtle" size="xs" onClick={() => replay.goTo(0)}>
          Clear the canvas
        </Button>
      )}
    </Stack>
  );
}

function begin(definition: Definition): RehearseForm {
  return {
    example: false,
    exampleText: JSON.stringify(exampleContact, null, 2),
    trigger: triggerTypes(definition)[0] ?? "manual",
    triggerText: "{}",
    events: [],
    stubs: {},
    startAt: "",
  };
}

function exampleZone(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    const zone = typeof value === "object" && value !== null && "timezone" in value ? value.timezone : null;
    return typeof zone === "string" ? zone : null;
  } catch {
    return null;
  }
}
