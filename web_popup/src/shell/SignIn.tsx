/** Signing in. */
import { Alert, Button, Group, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { ProblemError } from "../api/errors";
import { changeSession } from "../api/queries";
import { Card, useProblemText } from "../parts/parts";
import { LanguageSwitch, SchemeSwitch } from "../settings/switches";
import { Logo } from "./Logo";
import classes from "./shell.module.css";

export function SignIn() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const problemText = useProblemText();
  const passwordField = useRef<HTMLInputElement>(null);
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useMutation({
    mutationFn: () => ok(api.POST("/api/v1/session", { body: { username, password } })),
    onSuccess: (session) => changeSession(queries, session),
    onError: () => {
      setPassword("");
      passwordField.current?.focus();
    },
  });

  const failure = (error: unknown) => {
    if (error instanceof ProblemError && error.status === 401) return t("signIn.failed");
    if (error instanceof ProblemError && error.status === 429) return t("signIn.throttled");
    return problemText(error);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (username && password && !signIn.isPending) signIn.mutate();
  };

  return (
    <main className={classes.entrance}>
      <Stack gap="xl" w="100%" maw={380}>
        <Stack gap={6} align="center">
          <Logo size={44} />
          <Title order={1} size="h3">
            {t("app.name")}
          </Title>
          <Text c="dimmed" ta="center">
            {t("signIn.lead")}
          </Text>
        </Stack>
        <Card p={24}>
          <form onSubmit={submit}>
            <Stack>
              <TextInput
                label={t("signIn.username")}
                name="username"
                autoComplete="username"
                autoCapitalize="none"
                spellCheck={false}
                value={username}
                onChange={(event) => setUsername(event.currentTarget.value)}
                autoFocus
                required
                withAsterisk={false}
              />
              <PasswordInput
                ref={passwordField}
                label={t("signIn.password")}
                name="password"
                autoComplete="current-password"
                value={password}
                onChange={(event) => setPassword(event.currentTarget.value)}
                required
                withAsterisk={false}
              />
              {signIn.isError && (
                <Alert color="red" variant="default" role="alert">
                  {failure(signIn.error)}
                </Alert>
              )}
              <Button type="submit" loading={signIn.isPending} size="md">
                {t("signIn.submit")}
              </Button>
            </Stack>
          </form>
        </Card>
        <Group justify="center">
          <LanguageSwitch />
          <SchemeSwitch />
        </Group>
      </Stack>
    </main>
  );
}
