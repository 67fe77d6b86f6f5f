/** What each user chose for themselves in this browser; other tabs follow at once. */
import { useSyncExternalStore } from "react";

export const CHIMES = ["soft", "bell", "low"] as const;
export type Chime = (typeof CHIMES)[number];
export const CONTRASTS = ["auto", "more", "normal"] as const;
export type Contrast = (typeof CONTRASTS)[number];

export interface Preferences {
  notifications: boolean;
  /** null: no sound. */
  chime: Chime | null;
  /** 0 to 1. */
  volume: number;
  /** Which of one's own phones rings at click-to-dial; null: the first. */
  device: { pbx: string; device: string } | null;
  contrast: Contrast;
  compact: boolean;
}

export const DEFAULTS: Preferences = {
  notifications: true,
  chime: null,
  volume: 0.6,
  device: null,
  contrast: "auto",
  compact: false,
};

// public/scheme.js reads it too, before the first paint.
const STORED = "cti-crm.preferences";

/** What stands in the storage, as far as it can be understood. */
export function understood(text: string | null): Preferences {
  let value: Partial<Preferences> = {};
  try {
    value = (JSON.parse(text ?? "{}") ?? {}) as Partial<Preferences>;
  } catch {}
  const { volume, device } = value;
  return {
    notifications: value.notifications !== false,
    chime: CHIMES.find((one) => one === value.chime) ?? null,
    volume: typeof volume === "number" && volume >= 0 && volume <= 1 ? volume : DEFAULTS.volume,
    device: device && typeof device.pbx === "string" && typeof device.device === "string" ? device : null,
    contrast: CONTRASTS.find((one) => one === value.contrast) ?? "auto",
    compact: value.compact === true,
  };
}

const listeners = new Set<() => void>();
let current: Preferences | undefined;

export function preferences(): Preferences {
  current ??= understood(localStorage.getItem(STORED));
  return current;
}

export function prefer(change: Partial<Preferences>): void {
  current = { ...preferences(), ...change };
  try {
    localStorage.setItem(STORED, JSON.stringify(current));
  } catch {} // forbidden: it holds until the page is left
  tell();
}

function tell(): void {
  for (const listener of [...listeners]) listener();
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener("storage", stored);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) removeEventListener("storage", stored);
  };
}

function stored(event: StorageEvent): void {
  if (event.key !== STORED && event.key !== null) return;
  current = understood(event.newValue);
  tell();
}

export const usePreferences = (): Preferences => useSyncExternalStore(subscribe, preferences);
