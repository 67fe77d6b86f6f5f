/** The templates for a note, chosen by key or click. Loaded when they are asked for. */
import { Kbd, Menu, Text } from "@mantine/core";
import type { KeyboardEvent, ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useNoteTemplates } from "../api/queries";
import { Outside, useProblemText } from "../parts/parts";
import { offered } from "./templates";

interface Props {
  queue: string | null;
  choose: (text: string) => void;
  close: () => void;
  /** What the list hangs on. */
  children: ReactElement;
}

export default function TemplatePicker({ queue, choose, close, children }: Props) {
  const { t, i18n } = useTranslation();
  const problemText = useProblemText();
  const templates = useNoteTemplates();
  const items = offered(templates.data ?? [], queue, i18n.language);
  const press = (event: KeyboardEvent) => {
    const item = /^[1-9]$/.test(event.key) ? items[Number(event.key) - 1] : undefined;
    if (!item) return;
    event.preventDefault();
    choose(item.text);
  };
  const nothing = templates.isError
    ? problemText(templates.error)
    : templates.isPending
      ? t("common.loading")
      : t("note.noTemplates");
  return (
    <Menu opened onClose={close} position="bottom-end" withinPortal returnFocus={false} trapFocus>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown onKeyDown={press} data-testid="templates">
        <Menu.Label>{t("note.templates")}</Menu.Label>
        {items.length === 0 && (
          <Menu.Item onClick={close}>
            <Text size="sm" c="dimmed">
              {nothing}
            </Text>
          </Menu.Item>
        )}
        {items.map((one, index) => (
          <Menu.Item
            key={one.id}
            onClick={() => choose(one.text)}
            rightSection={index < 9 ? <Kbd size="xs">{index + 1}</Kbd> : null}
          >
            <Outside>{one.title}</Outside>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
