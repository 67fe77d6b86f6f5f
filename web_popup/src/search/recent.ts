/** What was searched lately in this browser, by user. */
const MOST = 6;
const key = (userId: string) => `cti-crm.searched.${userId}`;

export function recentSearches(userId: string, storage: Storage = localStorage): string[] {
  try {
    const found: unknown = JSON.parse(storage.getItem(key(userId)) ?? "[]");
    return Array.isArray(found) ? found.filter((one): one is string => typeof one === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** The newest first, each once however it is written. */
export function rememberSearch(userId: string, query: string, storage: Storage = localStorage): void {
  const wanted = query.trim();
  if (!wanted) return;
  const others = recentSearches(userId, storage).filter((one) => one.toLowerCase() !== wanted.toLowerCase());
  storage.setItem(key(userId), JSON.stringify([wanted, ...others].slice(0, MOST)));
}

export const forgetSearches = (userId: string, storage: Storage = localStorage) => storage.removeItem(key(userId));
