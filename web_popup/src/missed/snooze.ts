/** Times to which a line is put off. Pure. */

export const PRESETS = ["halfHour", "twoHours", "tomorrow", "nextWeek"] as const;
export type Preset = (typeof PRESETS)[number];

const MORNING = 9;

export function snoozeTime(preset: Preset, now: Date): Date {
  const morning = (days: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, MORNING);
  switch (preset) {
    case "halfHour":
      return new Date(now.getTime() + 30 * 60_000);
    case "twoHours":
      return new Date(now.getTime() + 120 * 60_000);
    case "tomorrow":
      return morning(1);
    case "nextWeek":
      return morning((8 - now.getDay()) % 7 || 7);
  }
}
