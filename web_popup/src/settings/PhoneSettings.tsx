/** Which phone rings for calls by click, the own mobile, and telephone links of other pages. */
import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { Problem } from "../parts/parts";
import { useDesk } from "../shell/live";
import { agentAt } from "../state/agents";
import { prefer, usePreferences } from "./preferences";
import classes from "./settings.module.css";

export function PhoneSettings() {
  const { t } = useTranslation();
  const { device } = usePreferences();
  const own = useDesk((desk) => agentAt(desk.agents, desk.extension));
  const id = useId();
  const devices = own?.devices ?? [];
  const chosen = devices.findIndex((one) => one.pbx === device?.pbx && one.device === device.device);
  const choose = (index: number) => {
    const wanted = devices[index];
    prefer({ device: wanted ? { pbx: wanted.pbx, device: wanted.device } : null });
  };
  return (
    <Stack gap="md">
      <Stack gap="xs" align="flex-start">
        <Text size="sm" c="dimmed" id={id}>
          {t("settings.deviceHint")}
        </Text>
        {devices.length === 0 ? (
          <Text size="sm">{t("settings.deviceNone")}</Text>
        ) : (
          <select
            className={classes.select}
            aria-label={t("settings.device")}
            aria-describedby={id}
            value={chosen}
            onChange={(event) => choose(Number(event.currentTarget.value))}
          >
            <option value={-1}>{t("settings.deviceFirst", { device: devices[0]?.device ?? "" })}</option>
            {devices.slice(1).map((one, index) => (
              <option key={`${one.pbx}/${one.device}`} value={index + 1}>
                {one.device}
              </option>
            ))}
          </select>
        )}
      </Stack>
      <OwnMobile />
    </Stack>
  );
}

function OwnMobile() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const stored = useQuery({
    queryKey: ["own-mobile"],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/own-mobile", { signal })),
  });
  const [typed, setTyped] = useState<string | null>(null);
  const display = stored.data?.display ?? "";
  const save = useMutation({
    mutationFn: (number: string | null) => ok(api.PUT("/api/v1/own-mobile", { body: { number } })),
    onSuccess: (mine) => {
      queries.setQueryData(["own-mobile"], mine);
      setTyped(null);
      notifications.show({ message: t(mine.number ? "settings.mobileSaved" : "settings.mobileRemoved") });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(typed?.trim() || null);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <Group align="flex-end" gap="xs">
          <TextInput
            type="tel"
            label={t("settings.mobile")}
            description={t("settings.mobileHint")}
            autoComplete="tel"
            value={typed ?? display}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button
            type="submit"
            variant="default"
            loading={save.isPending}
            disabled={typed === null || typed === display}
          >
            {t("common.save")}
          </Button>
        </Group>
        {save.isError && <Problem error={save.error} />}
      </Stack>
    </form>
  );
}

export function LinkSettings() {
  const { t } = useTranslation();
  const [asked, setAsked] = useState(false);
  const possible = typeof navigator.registerProtocolHandler === "function";
  const register = () => {
    navigator.registerProtocolHandler("tel", `${location.origin}/dial?number=%s`);
    setAsked(true);
  };
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm" c="dimmed">
        {t("settings.handlersHint")}
      </Text>
      {possible ? (
        <Button variant="default" onClick={register}>
          {t("settings.handlersOn")}
        </Button>
      ) : (
        <Text size="sm">{t("settings.handlersMissing")}</Text>
      )}
      <div role="status">{asked && <Text size="sm">{t("settings.handlersDone")}</Text>}</div>
      <Text size="sm" c="dimmed">
        {t("settings.handlersCallto")}
      </Text>
    </Stack>
  );
}
