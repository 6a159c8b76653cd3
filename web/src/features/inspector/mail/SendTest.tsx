import { Button, Group, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { Send } from "lucide-react";
import { useState } from "react";
import { api, call, type Schemas, useSession } from "@/api";
import { problemWords } from "@/shared";

const key = "fermata.test-address";

function remembered(): string {
  try {
    return window.localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function remember(address: string) {
  try {
    window.localStorage.setItem(key, address);
  } catch {
    // A browser that stores nothing asks again.
  }
}

/** Sends the mail that is previewed to one address, as a test; the browser remembers the address. */
export function SendTest({ body }: { body: Schemas["EmailPreviewRequest"] }) {
  const [to, setTo] = useState(remembered);
  const { may } = useSession();
  const sending = useMutation({
    mutationFn: (address: string) => call(api.POST("/v1/preview/email/send", { body: { ...body, to: address } })),
    onSuccess: (sent) => remember(sent.to),
  });
  const allowed = may("editor");
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault();
        e.stopPropagation();
        sending.mutate(to.trim());
      }}
    >
      <Group gap="xs" align="flex-end" wrap="nowrap">
        <TextInput
          label="Send test to me"
          size="xs"
          type="email"
          placeholder="me@example.com"
          value={to}
          disabled={!allowed}
          onChange={(e) => setTo(e.currentTarget.value)}
          style={{ flex: 1 }}
        />
        <Button
          type="submit"
          size="xs"
          variant="light"
          loading={sending.isPending}
          disabled={!allowed || !to.trim()}
          title={allowed ? undefined : "Sending a test needs the scope editor."}
          leftSection={<Send size={12} aria-hidden />}
        >
          Send
        </Button>
      </Group>
      <div aria-live="polite">
        {sending.isSuccess && (
          <Text size="xs" mt={4}>
            Sent to {sending.data.to}: {sending.data.subject}
          </Text>
        )}
        {sending.error && (
          <Text size="xs" mt={4} c="var(--mantine-color-error)">
            Not sent: {problemWords(sending.error).detail || problemWords(sending.error).title}
          </Text>
        )}
      </div>
    </form>
  );
}
