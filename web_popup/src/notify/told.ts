/** What the service worker tells the page: what was chosen in a notification. The worker itself is notify/serviceWorker.js. */
export interface Told {
  action: "show" | "call_back";
  callId: string;
  number: string | null;
  contactId: string | null;
}
