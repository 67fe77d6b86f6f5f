/** Language and appearance, each a switch. */
import { SegmentedControl, Switch, useMantineColorScheme } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { LANGUAGES, type Language, speak } from "../i18n";
import { type Contrast, prefer, usePreferences } from "./preferences";

export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  return (
    <SegmentedControl
      aria-label={t("settings.language")}
      value={i18n.language}
      onChange={(language) => void speak(language as Language)}
      data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
    />
  );
}

export function SchemeSwitch() {
  const { t } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      aria-label={t("settings.scheme")}
      value={colorScheme}
      onChange={(scheme) => setColorScheme(scheme as typeof colorScheme)}
      data={[
        { value: "light", label: t("settings.light") },
        { value: "dark", label: t("settings.dark") },
        { value: "auto", label: t("settings.auto") },
      ]}
    />
  );
}

export function ContrastSwitch() {
  const { t } = useTranslation();
  const { contrast } = usePreferences();
  return (
    <SegmentedControl
      aria-label={t("settings.contrast")}
      value={contrast}
      onChange={(value) => prefer({ contrast: value as Contrast })}
      data={[
        { value: "normal", label: t("settings.contrastNormal") },
        { value: "more", label: t("settings.contrastMore") },
        { value: "auto", label: t("settings.auto") },
      ]}
    />
  );
}

export function DensitySwitch() {
  const { t } = useTranslation();
  const { compact } = usePreferences();
  return (
    <Switch
      label={t("settings.compact")}
      checked={compact}
      onChange={(event) => prefer({ compact: event.currentTarget.checked })}
    />
  );
}
