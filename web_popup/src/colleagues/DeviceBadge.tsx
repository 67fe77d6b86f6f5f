/** What a phone does, in a word on its colour. */
import { useTranslation } from "react-i18next";
import type { DeviceState } from "../api/types";
import { Badge, type Tone } from "../parts/parts";

const TONES: Record<DeviceState, Tone> = {
  idle: "calm",
  in_use: "talk",
  busy: "talk",
  ringing: "ring",
  on_hold: "hold",
  unavailable: "missed",
  unknown: "calm",
};

export function DeviceBadge({ state }: { state: DeviceState }) {
  const { t } = useTranslation();
  return <Badge tone={TONES[state]}>{t(`device.${state}`)}</Badge>;
}
