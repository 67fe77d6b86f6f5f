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
  device: {
    idle: "Frei",
    in_use: "Im Gespräch",
    busy: "Besetzt",
    ringing: "Klingelt",
    on_hold: "Hält",
    unavailable: "Telefon aus",
    unknown: "Unbekannt",
  },
};
