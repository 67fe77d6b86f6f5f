/** How a form ends: what went wrong, the button that sends it, and the way out. */
import { Button, Group } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "./parts";

interface Props {
  /** What sends the form; "Save" where nothing is given. */
  act?: string;
  error?: unknown;
  pending: boolean;
  /** Whether there is enough to send. */
  ready?: boolean;
  cancel: () => void;
  /** What leads out; "Cancel" where nothing is given. */
  out?: string | undefined;
  className?: string;
  /** What stands behind the buttons. */
  children?: ReactNode;
}

export function FormEnd({ act, error, pending, ready = true, cancel, out, className, children }: Props) {
  const { t } = useTranslation();
  return (
    <>
      {error ? <Problem error={error} /> : null}
      <Group gap="xs" className={className}>
        <Button type="submit" loading={pending} disabled={!ready}>
          {act ?? t("common.save")}
        </Button>
        <Button variant="default" onClick={cancel}>
          {out ?? t("common.cancel")}
        </Button>
        {children}
      </Group>
    </>
  );
}
