// The service worker: keeps the page's own files, so that it opens offline too, and shows notifications whose buttons
// work. It never keeps an answer of the API. vite.config.ts fills in FILES and BUILD.
const FILES = __FILES__;
const CACHE = "cti-crm-__BUILD__";
const SERVICE = /^\/(api|ws|metrics|healthz|readyz)(\/|$)/;
const PATIENCE_MS = 4000;

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES)));
});

addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("cti-crm-") && name !== CACHE;
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
      .then(() => clients.claim()),
  );
});

// A new version waits until the user takes it: the old page may still need its files.
addEventListener("message", (event) => {
  if (event.data === "activate") skipWaiting();
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || SERVICE.test(url.pathname)) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (FILES.includes(url.pathname)) event.respondWith(kept(request));
});

async function kept(request) {
  return (await caches.match(request, { ignoreSearch: true })) ?? fetch(request);
}

/** The page as the service has it; the kept one if it does not answer, or a proxy says that it is away. */
async function page(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.status < 500) return answer;
  } catch {}
  return (await caches.match("/index.html")) ?? Response.error();
}

addEventListener("notificationclick", (event) => {
  const { data } = event.notification;
  event.notification.close();
  const told = { ...data, action: event.action === "call_back" ? "call_back" : "show" };
  event.waitUntil(tell(told));
});

async function tell(told) {
  const pages = await clients.matchAll({ type: "window" });
  const shown = pages.find((one) => one.visibilityState === "visible") ?? pages[0];
  if (!shown) {
    const path = told.action === "call_back" ? `/dial?number=${encodeURIComponent(told.number)}` : "/";
    await clients.openWindow(path);
    return;
  }
  await shown.focus().catch(() => {});
  shown.postMessage(told);
}
