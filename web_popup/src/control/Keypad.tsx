/** Keys for menus at the other end: by click, or typed while the keypad has the focus. */
import { notifications } from "@mantine/notifications";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./control.module.css";
import { Panel } from "./Panel";
import { useRefusalText, wishesFor } from "./useControl";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const MOST = 32;

export default function Keypad({ callId, close }: { callId: string; close: () => void }) {
  const { t } = useTranslation();
  const refusalText = useRefusalText();
  const [sent, setSent] = useState("");
  const pad = useRef<HTMLDivElement>(null);
  // Keys pressed while others are on their way go together, so that none overtakes another.
  const waiting = useRef("");
  const sending = useRef(false);

  useEffect(() => pad.current?.focus(), []);

  const flush = async () => {
    if (sending.current) return;
    sending.current = true;
    try {
      while (waiting.current) {
        const digits = waiting.current.slice(0, MOST);
        waiting.current = waiting.current.slice(MOST);
        await wishesFor(callId).keys(digits);
        setSent((before) => (before + digits).slice(-20));
      }
    } catch (error) {
      waiting.current = "";
      notifications.show({ color: "red", title: t("control.failed.keys"), message: refusalText(error) });
    } finally {
      sending.current = false;
    }
  };
  const press = (digit: string) => {
    waiting.current += digit;
    void flush();
  };

  return (
    <Panel title={t("control.keypad")} testId="keys" close={close}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset takes no keys of its own */}
      <div
        ref={pad}
        className={classes.keypad}
        role="group"
        aria-label={t("control.keypad")}
        data-testid="keypad"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: typed keys are taken here
        tabIndex={0}
        onKeyDown={(event) => {
          if (event.altKey || event.ctrlKey || event.metaKey || !KEYS.includes(event.key)) return;
          event.preventDefault();
          press(event.key);
        }}
      >
        <output className={classes.sent} aria-label={t("control.sent")} data-testid="sent-keys">
          {sent || <span className={classes.hint}>{t("control.keypadHint")}</span>}
        </output>
        <div className={classes.pad}>
          {KEYS.map((key) => (
            <button key={key} type="button" className={classes.padKey} onClick={() => press(key)}>
              {key}
            </button>
          ))}
        </div>
      </div>
    </Panel>
  );
}
