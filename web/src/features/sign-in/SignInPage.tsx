import { Button, Center, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { type Session, sessionQuery, signIn } from "@/api";
import { ProblemAlert } from "@/shared";

/** Takes the one-time code out of the address, so that it stays in no history. */
function takeCode(): string | null {
  const code = new URLSearchParams(window.location.hash.slice(1)).get("code");
  if (code) window.history.replaceState(null, "", window.location.pathname + window.location.search);
  return code;
}

/** Exchanges an API key, or the one-time code of a link, for a session. */
export function SignInPage() {
  const [key, setKey] = useState("");
  const [code] = useState(takeCode);
  const { back } = useSearch({ from: "/sign-in" });
  const client = useQueryClient();
  const navigate = useNavigate();
  const enter = useMutation({
    mutationFn: signIn,
    onSuccess: async (session: Session | null) => {
      client.setQueryData(sessionQuery.queryKey, session);
      await navigate({ href: back ?? "/workflows", replace: true });
    },
  });
  const { mutate } = enter;
  useEffect(() => {
    document.title = "Sign in · Fermata";
    if (code) mutate({ code });
  }, [code, mutate]);
  return (
    <Center mih="100dvh" p="md" component="main">
      <Paper withBorder p="xl" radius="md" w="100%" maw={420}>
        <form
          onSubmit={(e) => {
            e.preventDefault();
            mutate({ key: key.trim() });
          }}
        >
          <Stack>
            <img src="/fermata.svg" alt="" width={40} height={40} />
            <Title order={1} size="h3">
              Sign in to Fermata
            </Title>
            <PasswordInput
              label="API key"
              description="An administrator issues keys; each belongs to a person."
              value={key}
              onChange={(e) => setKey(e.currentTarget.value)}
              autoComplete="current-password"
              required
              data-autofocus
            />
            <ProblemAlert problem={enter.error} />
            <Button type="submit" loading={enter.isPending} disabled={!key.trim()}>
              Sign in
            </Button>
            <Text size="sm" c="dimmed">
              The key is exchanged for a session cookie and kept nowhere in the browser.
            </Text>
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
