/** Tasks by day, for a week or a month; moved by dragging or with Shift and the arrows. */
import { ActionIcon, Button, Group, Text } from "@mantine/core";
import { IconCheck, IconChevronLeft, IconChevronRight, IconPlus } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type TaskFilter, useTaskRange } from "../api/queries";
import type { Task } from "../api/types";
import { Dialog } from "../parts/Dialog";
import { variety } from "../parts/format";
import { Loading, Problem } from "../parts/parts";
import { dayKey, daysOfKey, daysShown, type Layout, movedTo, paged, plusDays } from "./calendar";
import { TaskForm } from "./TaskForm";
import classes from "./tasks.module.css";
import { useMoveTask } from "./useTaskStep";

interface Props {
  layout: Layout;
  assignee: TaskFilter["assignee"];
  day: Date;
  show: (day: string) => void;
  add: (due: Date) => void;
}

const MORNING = 9;

export default function Calendar({ layout, assignee, day, show, add }: Props) {
  const { t, i18n } = useTranslation();
  const days = daysShown(layout, day);
  const [first, last] = [days[0] as Date, days.at(-1) as Date];
  const tasks = useTaskRange({ assignee, from: first.toISOString(), before: plusDays(last, 1).toISOString() });
  const [editing, setEditing] = useState<Task | null>(null);
  const dragged = useRef<Task | null>(null);
  const moveTask = useMoveTask();
  const [said, setSaid] = useState("");
  const moved = useRef<string | null>(null);
  const grid = useRef<HTMLDivElement>(null);
  const formats = useMemo(() => {
    const of = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(variety(i18n.language), options);
    return {
      title: of({ month: "long", year: "numeric" }),
      weekday: of({ weekday: "short" }),
      day: of({ weekday: "long", day: "numeric", month: "long" }),
      time: of({ hour: "2-digit", minute: "2-digit" }),
    };
  }, [i18n.language]);
  const byDay = new Map<string, Task[]>();
  for (const task of tasks.data ?? []) {
    if (!task.due_at) continue;
    const key = dayKey(new Date(task.due_at));
    byDay.set(key, [...(byDay.get(key) ?? []), task]);
  }

  // A task keeps the focus on its way to another day.
  useEffect(() => {
    if (moved.current) grid.current?.querySelector<HTMLElement>(`[data-task="${moved.current}"]`)?.focus();
  });

  return (
    <section aria-label={formats.title.format(day)}>
      <Group justify="space-between" mb="sm">
        <Text fw={650}>{formats.title.format(layout === "week" ? first : day)}</Text>
        <Group gap={6}>
          <ActionIcon
            variant="default"
            aria-label={t(layout === "week" ? "task.weekBefore" : "task.monthBefore")}
            onClick={() => show(dayKey(paged(layout, day, -1)))}
          >
            <IconChevronLeft size={18} />
          </ActionIcon>
          <Button size="compact-md" variant="default" onClick={() => show("")}>
            {t("task.today")}
          </Button>
          <ActionIcon
            variant="default"
            aria-label={t(layout === "week" ? "task.weekAfter" : "task.monthAfter")}
            onClick={() => show(dayKey(paged(layout, day, 1)))}
          >
            <IconChevronRight size={18} />
          </ActionIcon>
        </Group>
      </Group>
      {tasks.isError && <Problem error={tasks.error} retry={() => void tasks.refetch()} />}
      {tasks.isPending ? (
        <Loading lines={6} />
      ) : (
        <div ref={grid} className={classes.calendar} data-layout={layout}>
          {days.map((one) => {
            const key = dayKey(one);
            const here = byDay.get(key) ?? [];
            return (
              // biome-ignore lint/a11y/noStaticElementInteractions: dropping is for the mouse; keys move tasks as well
              <div
                key={key}
                className={classes.day}
                data-today={key === dayKey(new Date()) || undefined}
                data-empty={here.length === 0 || undefined}
                data-outside={(layout === "month" && one.getMonth() !== day.getMonth()) || undefined}
                data-testid={`day-${key}`}
                onDragOver={(event) => {
                  if (!dragged.current) return;
                  event.preventDefault();
                  event.dataTransfer.dropEffect = "move";
                }}
                onDrop={(event) => {
                  event.preventDefault();
                  if (dragged.current) move(dragged.current, one);
                }}
              >
                <div className={classes.dayHead}>
                  <span title={formats.day.format(one)}>
                    <span className={classes.weekday}>{formats.weekday.format(one)} </span>
                    {one.getDate()}
                  </span>
                  <ActionIcon
                    size="sm"
                    variant="subtle"
                    color="gray"
                    className={classes.addHere}
                    aria-label={t("task.newOn", { day: formats.day.format(one) })}
                    onClick={() => add(new Date(one.getFullYear(), one.getMonth(), one.getDate(), MORNING))}
                  >
                    <IconPlus size={15} />
                  </ActionIcon>
                </div>
                {here.map((task) => (
                  <Entry
                    key={task.id}
                    task={task}
                    time={formats.time.format(new Date(task.due_at ?? 0))}
                    open={() => setEditing(task)}
                    drag={(one) => {
                      dragged.current = one;
                    }}
                    move={(to) => {
                      moved.current = task.id;
                      move(task, to);
                    }}
                  />
                ))}
              </div>
            );
          })}
        </div>
      )}
      <Text size="sm" c="dimmed" mt="sm" className={classes.hint}>
        {t("task.calendarHint")}
      </Text>
      <div className="visually-hidden" aria-live="polite">
        {said}
      </div>
      <Dialog opened={editing !== null} onClose={() => setEditing(null)} title={t("common.edit")}>
        {editing && (
          <TaskForm task={tasks.data?.find((one) => one.id === editing.id) ?? editing} done={() => setEditing(null)} />
        )}
      </Dialog>
    </section>
  );

  function move(task: Task, to: Date) {
    const due = new Date(task.due_at ?? 0);
    if (task.done_at !== null || dayKey(to) === dayKey(due)) return;
    setSaid(t("task.movedTo", { text: task.text, day: formats.day.format(to) }));
    moveTask(task, movedTo(due, to));
  }
}

interface EntryProps {
  task: Task;
  time: string;
  open: () => void;
  drag: (task: Task | null) => void;
  move: (to: Date) => void;
}

function Entry({ task, time, open, drag, move }: EntryProps) {
  const { t } = useTranslation();
  const due = new Date(task.due_at ?? 0);
  const done = task.done_at !== null;
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      open();
      return;
    }
    const days = event.shiftKey ? daysOfKey(event.key) : null;
    if (days === null) return;
    event.preventDefault();
    move(plusDays(due, days));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: Firefox drags no button
    <div
      role="button"
      tabIndex={0}
      className={classes.entry}
      data-task={task.id}
      data-done={done || undefined}
      data-overdue={(!done && due < new Date()) || undefined}
      draggable={!done}
      onDragStart={(event) => {
        event.dataTransfer.setData("text/plain", task.text); // without any data some browsers begin no drag
        event.dataTransfer.effectAllowed = "move";
        drag(task);
      }}
      onDragEnd={() => drag(null)}
      onKeyDown={press}
      onClick={open}
      title={task.text}
    >
      {done && <IconCheck size={13} role="img" aria-label={t("task.done")} />}
      <span className={classes.entryTime}>{time}</span> <bdi>{task.text}</bdi>
    </div>
  );
}
