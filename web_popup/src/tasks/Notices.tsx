/** Tells of tasks that are due, and of those a colleague handed over, until it is seen. Shown at the page's edge. */
import { ActionIcon, Button, Group, Menu, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconBellRinging, IconChevronDown, IconUserShare } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { api, ok } from "../api/client";
import { stale, useTaskNotices } from "../api/queries";
import type { Task } from "../api/types";
import { notificationsWanted, notify } from "../notify/notifications";
import { useFormat } from "../parts/format";
import { Outside, useProblemText } from "../parts/parts";
import { useDesk } from "../shell/live";
import { agentAt } from "../state/agents";
import { dueAt } from "./due";

const idOf = (task: Task) => `task ${task.id} ${task.reminded_at ?? task.handed?.at}`;

export default function Notices() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const notices = useTaskNotices();
  const leading = useDesk((desk) => desk.leading);
  const quiet = useDesk((desk) => agentAt(desk.agents, desk.extension)?.do_not_disturb ?? false);
  const shown = useRef(new Map<string, () => void>());
  const outside = leading && !quiet;
  const queries = useQueryClient();
  const problemText = useProblemText();
  const latest = useRef<(task: Task, answer: Answer) => Promise<void>>(async () => {});
  latest.current = (task, answer) =>
    sendAnswer(task, answer)
      .catch((error: unknown) => {
        notifications.show({ color: "red", title: t("problem.title"), message: problemText(error) });
      })
      .finally(() => stale(queries, ["tasks", "timeline"]));

  useEffect(() => {
    if (!notices.data) return;
    const now = new Map(notices.data.map((task) => [idOf(task), task]));
    for (const [id, close] of shown.current) {
      if (now.has(id)) continue;
      notifications.hide(id);
      close();
      shown.current.delete(id);
    }
    for (const [id, task] of now) {
      if (shown.current.has(id)) continue;
      notifications.show({
        id,
        autoClose: false,
        withCloseButton: false,
        icon: task.reminded_at ? <IconBellRinging size={20} /> : <IconUserShare size={20} />,
        message: <Notice task={task} send={(answer) => latest.current(task, answer)} />,
      });
      const title = task.reminded_at
        ? t("task.reminder", { text: task.text })
        : t("task.handedToYou", { name: task.handed?.by.name ?? "", text: task.text });
      const told = { callId: "", number: null, contactId: task.contact?.id ?? null };
      const close =
        outside && notificationsWanted() && !document.hasFocus()
          ? notify({ id, title, body: task.contact?.name ?? "", told, buttons: [], lasting: false }, () => {
              void navigate("/tasks");
            })
          : () => {};
      shown.current.set(id, close);
    }
  }, [notices.data, outside, navigate, t]);
  useEffect(
    () => () => {
      for (const [id, close] of shown.current) {
        notifications.hide(id);
        close();
      }
      shown.current.clear();
    },
    [],
  );
  return null;
}

async function sendAnswer(task: Task, answer: Answer): Promise<void> {
  const params = { path: { task_id: task.id } };
  if ("until" in answer) {
    const body = { until: answer.until.toISOString() };
    await ok(api.POST("/api/v1/tasks/{task_id}/snooze", { params, body }));
  } else if ("seen" in answer) {
    await ok(api.POST("/api/v1/tasks/{task_id}/seen", { params }));
  } else {
    const body = { version: task.version, done: true };
    await ok(api.PATCH("/api/v1/tasks/{task_id}", { params, body }));
  }
}

type Answer = { seen: true } | { done: true } | { until: Date };

/** Shown beside the page, where none of its providers reach: what it does is handed in. */
function Notice({ task, send }: { task: Task; send: (answer: Answer) => Promise<void> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [busy, setBusy] = useState(false);
  const answer = (one: Answer) => {
    setBusy(true);
    void send(one).finally(() => setBusy(false));
  };
  const later = [
    { label: t("task.inTenMinutes"), until: () => new Date(Date.now() + 600_000) },
    { label: t("task.inAnHour"), until: () => new Date(Date.now() + 3_600_000) },
    { label: t("task.tomorrow"), until: () => dueAt("tomorrow", "", new Date()) ?? new Date() },
  ];
  const reminds = task.reminded_at !== null;
  return (
    <Stack gap={6} data-testid="task-notice">
      <div>
        <Text fw={650} size="sm">
          {reminds
            ? task.due_at && t("task.dueOn", { when: format.moment(task.due_at) })
            : t("task.handedBy", { name: task.handed?.by.name ?? "" })}
        </Text>
        <Outside>{task.text}</Outside>
        {task.handed?.comment && !task.handed.seen && (
          <Text size="sm" c="dimmed">
            <Outside>{task.handed.comment}</Outside>
          </Text>
        )}
      </div>
      <Group gap={6}>
        <Button size="compact-sm" loading={busy} onClick={() => answer({ seen: true })}>
          {t("task.seen")}
        </Button>
        {reminds && (
          <>
            <Button size="compact-sm" variant="default" onClick={() => answer({ done: true })}>
              {t("task.markDone")}
            </Button>
            <Group gap={0} wrap="nowrap">
              <Button
                size="compact-sm"
                variant="default"
                onClick={() => answer({ until: (later[0] as (typeof later)[number]).until() })}
              >
                {t("task.snooze")}
              </Button>
              <Menu withinPortal>
                <Menu.Target>
                  <ActionIcon variant="default" size={26} aria-label={t("task.snoozeFor")}>
                    <IconChevronDown size={15} />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  {later.map((one) => (
                    <Menu.Item key={one.label} onClick={() => answer({ until: one.until() })}>
                      {one.label}
                    </Menu.Item>
                  ))}
                </Menu.Dropdown>
              </Menu>
            </Group>
          </>
        )}
      </Group>
    </Stack>
  );
}
