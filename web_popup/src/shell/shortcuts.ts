/** Keys: single ones while nothing is being typed, those with Alt always. */
import { useEffect, useRef } from "react";

export type Shortcuts = Record<string, () => void>;

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches("input, textarea, select, [role='combobox'], [role='listbox']"));

/** The name of a pressed key as it stands in a `Shortcuts`, or null if it must be left alone. */
export function keyName(event: KeyboardEvent): string | null {
  if (event.ctrlKey || event.metaKey || event.defaultPrevented || event.repeat) return null;
  // With Alt some layouts type other letters (macOS): the key's place tells.
  if (event.altKey) return `Alt+${event.shiftKey ? "Shift+" : ""}${event.code.replace(/^(Key|Digit)/, "")}`;
  return isTyping(event.target) ? null : event.key;
}

export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const name = keyName(event);
      const action = name === null ? undefined : latest.current[name];
      if (!action) return;
      event.preventDefault();
      action();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
