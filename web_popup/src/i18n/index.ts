/** Which language is spoken: the one chosen, else the browser's, else English. Only one is loaded. */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { en, Texts } from "./en";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en };
    returnNull: false;
  }
}

export const LANGUAGES = { de: "Deutsch", en: "English" } as const;
export type Language = keyof typeof LANGUAGES;

const STORED = "cti-crm.language";
const load: Record<Language, () => Promise<Texts>> = {
  de: () => import("./de").then((module) => module.de),
  en: () => import("./en").then((module) => module.en),
};

function known(tag: string | null | undefined): Language | undefined {
  const language = tag?.slice(0, 2).toLowerCase();
  return language === "de" || language === "en" ? language : undefined;
}

/** The language to begin with. */
export function firstLanguage(stored: string | null, wished: readonly string[]): Language {
  return known(stored) ?? wished.map(known).find((one) => one !== undefined) ?? "en";
}

export async function startI18n(): Promise<void> {
  const language = firstLanguage(localStorage.getItem(STORED), navigator.languages);
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: { [language]: { translation: await load[language]() } },
    interpolation: { escapeValue: false }, // React escapes
    showSupportNotice: false,
  });
  document.documentElement.lang = language;
}

/** Switch, and keep the choice in this browser. */
export async function speak(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, "translation")) {
    i18next.addResourceBundle(language, "translation", await load[language]());
  }
  await i18next.changeLanguage(language);
  localStorage.setItem(STORED, language);
  document.documentElement.lang = language;
}
