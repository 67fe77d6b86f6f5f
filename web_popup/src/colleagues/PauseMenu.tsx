/** Pause, and say why: a button with the reasons behind it. */
import { Button, Menu } from "@mantine/core";
import { IconPlayerPause } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { PauseReason } from "../api/types";
import { useOwnDesk } from "./own";

interface Props {
  busy: boolean;
  disabled: boolean;
  label: string;
  pause: (reason: string) => void;
}

export function PauseMenu({ busy, disabled, label, pause }: Props) {
  const { t } = useTranslation();
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlayerPause size={15} />}
          loading={busy}
          disabled={disabled}
          aria-label={label}
        >
          {t("queues.pause")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("queues.why")}</Menu.Label>
        <ReasonItems pause={pause} />
      </Menu.Dropdown>
    </Menu>
  );
}

/** The reasons as items of a menu. */
export function ReasonItems({ pause }: { pause: (reason: string) => void }) {
  const { t, i18n } = useTranslation();
  const reasons = useOwnDesk().data?.pause_reasons ?? [];
  const text = (reason: PauseReason) => (i18n.language === "de" ? reason.de : reason.en);
  return (
    <>
      {reasons.map((reason) => (
        <Menu.Item key={reason.value} onClick={() => pause(reason.value)}>
          {text(reason)}
        </Menu.Item>
      ))}
      <Menu.Item onClick={() => pause("")}>{t("queues.noReason")}</Menu.Item>
    </>
  );
}
