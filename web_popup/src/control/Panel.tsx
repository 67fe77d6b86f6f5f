/** What a key of the row opens: beside it in the dock; on a small screen a sheet of its own, which has more room. */
import { CloseButton } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { useTranslation } from "react-i18next";
import classes from "./control.module.css";

interface Props {
  title: string;
  testId: string;
  close: () => void;
  children: ReactNode;
}

export function Panel({ title, testId, close, children }: Props) {
  const { t } = useTranslation();
  // Whoever closes it goes on where they were before.
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      if (document.activeElement === document.body && before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <section
      className={classes.panel}
      aria-label={title}
      data-testid={testId}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <div className={classes.panelHead}>
        {title}
        <CloseButton size="lg" aria-label={t("common.close")} onClick={close} />
      </div>
      {children}
    </section>
  );
}
