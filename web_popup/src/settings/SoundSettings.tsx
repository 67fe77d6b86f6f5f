/** The sound of a call: which, how loud, and whether the browser lets it be heard. */
import { Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconVolume } from "@tabler/icons-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Audible, audible, play } from "../notify/sound";
import { CHIMES, type Chime, prefer, usePreferences } from "./preferences";
import classes from "./settings.module.css";

export function SoundSettings() {
  const { t } = useTranslation();
  const { chime, volume } = usePreferences();
  const [heard, setHeard] = useState<Audible>(audible);
  const volumeId = useId();
  const test = async (which: Chime, loud = volume) => setHeard((await play(which, loud)) ? "yes" : audible());
  const choose = (value: string) => {
    const wanted = CHIMES.find((one) => one === value) ?? null;
    prefer({ chime: wanted });
    if (wanted) void test(wanted);
  };
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm" c="dimmed">
        {t("settings.soundHint")}
      </Text>
      <SegmentedControl
        aria-label={t("settings.sound")}
        value={chime ?? "off"}
        onChange={choose}
        data={[
          { value: "off", label: t("settings.soundOff") },
          ...CHIMES.map((one) => ({ value: one, label: t(`settings.chime.${one}`) })),
        ]}
      />
      {chime && (
        <Group gap="md">
          <label htmlFor={volumeId}>
            <Text size="sm">{t("settings.volume")}</Text>
          </label>
          <input
            id={volumeId}
            className={classes.volume}
            type="range"
            min={0}
            max={100}
            step={5}
            value={Math.round(volume * 100)}
            onChange={(event) => prefer({ volume: Number(event.currentTarget.value) / 100 })}
          />
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconVolume size={15} />}
            onClick={() => void test(chime)}
          >
            {t("settings.soundTest")}
          </Button>
        </Group>
      )}
      <div role="status">
        {heard === "missing" && <Text size="sm">{t("settings.soundMissing")}</Text>}
        {chime && heard === "after_gesture" && <Text size="sm">{t("settings.soundBlocked")}</Text>}
      </div>
    </Stack>
  );
}
