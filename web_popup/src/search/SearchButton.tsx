/** The way to the search in the header; the search itself is loaded when it is first wanted. */
import { Kbd, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { lazy, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "../shell/shortcuts";
import classes from "./search.module.css";

const load = () => import("./GlobalSearch");
const GlobalSearch = lazy(load);

export function SearchButton() {
  const { t } = useTranslation();
  const [opened, { open, close }] = useDisclosure(false);
  useShortcuts({ "/": open });
  return (
    <>
      <UnstyledButton
        className={classes.button}
        onClick={open}
        onPointerEnter={() => void load()}
        aria-label={t("search.label")}
        aria-keyshortcuts="/"
      >
        <IconSearch size={18} aria-hidden />
        <span className={classes.buttonText}>{t("search.open")}</span>
        <Kbd size="xs" className={classes.buttonKey} aria-hidden>
          /
        </Kbd>
      </UnstyledButton>
      <Suspense>{opened && <GlobalSearch close={close} />}</Suspense>
    </>
  );
}
