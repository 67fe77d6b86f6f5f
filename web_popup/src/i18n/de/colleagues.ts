export const colleagues = {
  colleagues: {
    title: "Kollegen",
    queues: "Warteschlangen",
    empty: "Noch keine Agenten",
    emptyQueues: "Keine Warteschlangen",
    waiting_one: "{{count}} wartet",
    waiting_other: "{{count}} warten",
    nobodyWaits: "Niemand wartet",
    members: "Mitglieder",
    paused: "pausiert",
  },
  agentState: {
    ready: "Bereit",
    ringing: "Klingelt",
    busy: "Im Gespräch",
    wrap_up: "Nacharbeit",
    not_ready: "Nicht bereit",
    logged_off: "Abgemeldet",
  },
};
