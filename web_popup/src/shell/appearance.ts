/** Contrast and density of the page, as attributes that theme.css goes by. public/scheme.js sets them at first. */
import { useEffect } from "react";
import { usePreferences } from "../settings/preferences";

const MORE = "(prefers-contrast: more)";

export function useAppearance(): void {
  const { contrast, compact } = usePreferences();
  useEffect(() => {
    const { dataset } = document.documentElement;
    dataset.density = compact ? "compact" : "comfortable";
    const system = matchMedia(MORE);
    const show = () => {
      dataset.contrast = contrast === "more" || (contrast === "auto" && system.matches) ? "more" : "normal";
    };
    show();
    system.addEventListener("change", show);
    return () => system.removeEventListener("change", show);
  }, [contrast, compact]);
}
