/** What else can be done with a task: change it, hand it over, leave it out this time, remove it. */
import { ActionIcon, Menu, Select, Stack, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDots, IconPencil, IconPlayerSkipForward, IconTrash, IconUserShare } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, ok } from "../api/client";
import { stale, useUsers } from "../api/queries";
import type { Task } from "../api/types";
import { Dialog, Sure } from "../parts/Dialog";
import { FormEnd } from "../parts/FormEnd";
import { useLive } from "../shell/live";
import { TaskForm } from "./TaskForm";
import classes from "./tasks.module.css";

type Doing = "edit" | "handOver" | "remove" | null;

export default function TaskMenu({ task, skip }: { task: Task; skip: () => void }) {
  const { t } = useTranslation();
  const [dialog, setDialog] = useState<Doing>(null);
  const close = () => setDialog(null);
  const open = task.done_at === null;
  const titles = { edit: "common.edit", handOver: "task.handOver", remove: "task.remove" } as const;
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon
            className={classes.menuRoom}
            variant="subtle"
            color="gray"
            aria-label={t("task.edit", { text: task.text })}
          >
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconPencil size={16} />} onClick={() => setDialog("edit")}>
            {t("common.edit")}
          </Menu.Item>
          {open && (
            <Menu.Item leftSection={<IconUserShare size={16} />} onClick={() => setDialog("handOver")}>
              {t("task.handOver")}
            </Menu.Item>
          )}
          {open && task.recurrence && (
            <Menu.Item leftSection={<IconPlayerSkipForward size={16} />} onClick={skip}>
              {t("task.skip")}
            </Menu.Item>
          )}
          <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setDialog("remove")}>
            {t("task.remove")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Dialog opened={dialog !== null} onClose={close} title={dialog && t(titles[dialog])}>
        {dialog === "edit" && <TaskForm task={task} done={close} />}
        {dialog === "handOver" && <HandOver task={task} done={close} />}
        {dialog === "remove" && <Remove task={task} done={close} />}
      </Dialog>
    </>
  );
}

function HandOver({ task, done }: { task: Task; done: () => void }) {
  const { t } = useTranslation();
  const { session } = useLive();
  const queries = useQueryClient();
  const users = useUsers();
  const [assignee, setAssignee] = useState<string | null>(null);
  const [comment, setComment] = useState("");
  const others = (users.data ?? []).filter((one) => one.id !== task.assignee.id);
  const give = useMutation({
    mutationFn: (to: string) =>
      ok(
        api.POST("/api/v1/tasks/{task_id}/hand-over", {
          params: { path: { task_id: task.id } },
          body: { version: task.version, assignee_id: to, comment: comment.trim() },
        }),
      ),
    onSuccess: (given) => {
      stale(queries, ["tasks", "timeline", "calls"]);
      notifications.show({ message: t("task.handedTo", { name: given.assignee.name }) });
      done();
    },
    onError: () => stale(queries, ["tasks"]),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (assignee && !give.isPending) give.mutate(assignee);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Select
          label={t("task.handOverTo")}
          placeholder={t("task.chooseColleague")}
          value={assignee}
          onChange={setAssignee}
          searchable
          data-autofocus
          data={others.map((one) => ({
            value: one.id,
            label: one.id === session.user.id ? `${one.name} (${t("common.you")})` : one.name,
          }))}
        />
        <Textarea
          label={t("task.comment")}
          placeholder={t("task.commentHint")}
          maxLength={500}
          autosize
          minRows={2}
          dir="auto"
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        <FormEnd
          act={t("task.handOver")}
          error={give.error}
          pending={give.isPending}
          ready={assignee !== null}
          cancel={done}
        />
      </Stack>
    </form>
  );
}

function Remove({ task, done }: { task: Task; done: () => void }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => ok(api.DELETE("/api/v1/tasks/{task_id}", { params: { path: { task_id: task.id } } })),
    onSuccess: () => {
      stale(queries, ["tasks", "timeline", "calls"]);
      done();
    },
  });
  return <Sure text={t("task.removeSure", { text: task.text })} act={t("task.remove")} deed={remove} cancel={done} />;
}
