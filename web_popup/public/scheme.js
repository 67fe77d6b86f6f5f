// Runs before the first paint, so that a dark desk never flashes white. A file of its own: the page allows no inline script.
(() => {
  let chosen = null;
  let preferred = {};
  try {
    chosen = localStorage.getItem("mantine-color-scheme-value");
    preferred = JSON.parse(localStorage.getItem("cti-crm.preferences")) ?? {};
  } catch {}
  const { contrast, compact } = preferred;
  const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  const more = contrast === "more" || (contrast !== "normal" && matchMedia("(prefers-contrast: more)").matches);
  const { dataset } = document.documentElement;
  dataset.mantineColorScheme = dark ? "dark" : "light";
  dataset.contrast = more ? "more" : "normal";
  dataset.density = compact === true ? "compact" : "comfortable";
})();
