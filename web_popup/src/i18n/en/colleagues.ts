export const colleagues = {
  colleagues: {
    title: "Colleagues",
    queues: "Queues",
    empty: "No agents yet",
    emptyQueues: "No queues",
    waiting_one: "{{count}} waits",
    waiting_other: "{{count}} wait",
    nobodyWaits: "Nobody waits",
    members: "Members",
    paused: "paused",
  },
  device: {
    idle: "Free",
    in_use: "Talking",
    busy: "Busy",
    ringing: "Rings",
    on_hold: "On hold",
    unavailable: "Phone off",
    unknown: "Unknown",
  },
};
