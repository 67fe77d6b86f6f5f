/** Who am I, am I connected, and a box to dial any number. */
import { ActionIcon, Indicator, TextInput } from "@mantine/core";
import { IconPhone, IconPlug, IconUserCircle } from "@tabler/icons-react";
import { type FormEvent, lazy, Suspense, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useDial } from "../parts/dial";
import { SearchButton } from "../search/SearchButton";
import { linksDown } from "../state/links";
import { Logo } from "./Logo";
import { useDesk } from "./live";
import classes from "./shell.module.css";
import { useShortcuts } from "./shortcuts";

const OwnState = lazy(() => import("../colleagues/OwnState"));
const UserMenu = lazy(() => import("./UserMenu"));

export function Header() {
  const { t } = useTranslation();
  return (
    <header className={classes.header}>
      <Link to="/contacts" className={classes.brand} aria-label={t("app.name")}>
        <Logo />
        <span className={classes.brandName}>{t("app.name")}</span>
      </Link>
      <SearchButton />
      <DialBox />
      <div className={classes.status}>
        <Suspense>
          <OwnState />
        </Suspense>
        <Connections />
        <Suspense fallback={<IconUserCircle size={24} color="var(--quiet)" />}>
          <UserMenu />
        </Suspense>
      </div>
    </header>
  );
}

function DialBox() {
  const { t } = useTranslation();
  const { dial, busyWith } = useDial();
  const [number, setNumber] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useShortcuts({ "Alt+D": () => field.current?.focus() });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted = number.trim();
    if (!wanted || busyWith !== null) return;
    dial(wanted);
    setNumber("");
  };
  return (
    <form className={classes.dial} onSubmit={submit}>
      <TextInput
        ref={field}
        type="tel"
        aria-label={t("dial.label")}
        placeholder={t("dial.placeholder")}
        autoComplete="off"
        value={number}
        onChange={(event) => setNumber(event.currentTarget.value)}
        rightSection={
          <ActionIcon
            type="submit"
            variant="subtle"
            aria-label={t("dial.call")}
            aria-disabled={busyWith !== null || !number.trim()}
          >
            <IconPhone size={18} />
          </ActionIcon>
        }
      />
    </form>
  );
}

function Connections() {
  const { t } = useTranslation();
  const connection = useDesk((desk) => desk.connection);
  const links = useDesk((desk) => desk.links);
  const down = linksDown(links);
  const words =
    connection !== "live"
      ? [t(`connection.${connection}`)]
      : [
          t("connection.live"),
          ...(down.length === 0
            ? [t("connection.pbxUp")]
            : down.map((link) => t("connection.pbxDown", { pbx: link.pbx }))),
        ];
  const good = connection === "live" && down.length === 0;
  return (
    <span role="img" aria-label={words.join(", ")} title={words.join(" · ")} className={classes.plug}>
      <Indicator size={9} color={good ? "var(--talk-strong)" : "var(--missed-strong)"} offset={3}>
        <IconPlug size={22} color="var(--quiet)" aria-hidden />
      </Indicator>
    </span>
  );
}
