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
  agentState: {
    ready: "Ready",
    ringing: "Rings",
    busy: "On a call",
    wrap_up: "Wrap-up",
    not_ready: "Not ready",
    logged_off: "Logged off",
  },
};
