/** How many calls wait, on the tab's icon and on the installed app's. */

const PLAIN = "/favicon.svg";

/** The icon with a number on it; the same drawing as public/favicon.svg. */
export function iconWith(count: number): string {
  const text = count > 9 ? "9+" : String(count);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0b6e78"/><path d="M11.5 7 8.9 8.200c-1 .5-1.500 1.600-1.300 2.700 1.200 6.700 6.800 12.300 13.500 13.500 1.100.2 2.200-.3 2.700-1.300L25 20.500l-4.600-3.100-2.200 1.800c-2.300-1-4.400-3.100-5.400-5.400l1.800-2.200z" fill="#fff"/><circle cx="22" cy="10" r="10" fill="#c2261e"/><text x="22" y="15" font-family="system-ui,sans-serif" font-size="${text.length > 1 ? 11 : 14}" font-weight="700" text-anchor="middle" fill="#fff">${text}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

export function showCount(count: number): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  const href = count > 0 ? iconWith(count) : PLAIN;
  if (link && link.getAttribute("href") !== href) link.setAttribute("href", href);
  // Only an installed app has such a badge; elsewhere this is refused, or not there.
  if (count > 0) void navigator.setAppBadge?.(count).catch(() => {});
  else void navigator.clearAppBadge?.().catch(() => {});
}
