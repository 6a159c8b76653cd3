import { ActionIcon, Badge, Group, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { useState } from "react";
import { useSession } from "@/api";
import { notifyProblem } from "@/shared";
import { addTag, type Contact, keys, removeTag } from "./queries";
import { Section } from "./Section";

/** The tags of a contact. Adding and removing are events that workflows may name. */
export function Tags({ contact }: { contact: Contact }) {
  const { may } = useSession();
  const [text, setText] = useState("");
  const client = useQueryClient();
  const done = {
    onSuccess: () => client.invalidateQueries({ queryKey: keys.one(contact.id) }),
    onError: notifyProblem,
  };
  const add = useMutation({ mutationFn: (tag: string) => addTag(contact.id, tag), ...done });
  const remove = useMutation({ mutationFn: (tag: string) => removeTag(contact.id, tag), ...done });
  return (
    <Section title="Tags">
      <Group gap="xs">
        {contact.tags.length === 0 && (
          <Text size="sm" c="dimmed">
            None yet.
          </Text>
        )}
        {contact.tags.map((tag) => (
          <Badge
            key={tag}
            variant="light"
            size="lg"
            tt="none"
            rightSection={
              may("editor") && (
                <ActionIcon
                  size={24}
                  variant="transparent"
                  aria-label={`Remove the tag ${tag}`}
                  disabled={remove.isPending}
                  onClick={() => remove.mutate(tag)}
                >
                  <X size={14} aria-hidden />
                </ActionIcon>
              )
            }
          >
            {tag}
          </Badge>
        ))}
      </Group>
      {may("editor") && (
        <form
          onSubmit={(e) => {
            e.preventDefault();
            if (text.trim()) add.mutate(text.trim(), { onSuccess: () => setText("") });
          }}
        >
          <TextInput
            mt="xs"
            size="xs"
            maw={240}
            aria-label="Add a tag"
            placeholder="Add a tag"
            value={text}
            onChange={(e) => setText(e.currentTarget.value)}
            rightSection={
              <ActionIcon type="submit" variant="subtle" aria-label="Add" loading={add.isPending}>
                <Plus size={16} aria-hidden />
              </ActionIcon>
            }
          />
        </form>
      )}
    </Section>
  );
}
