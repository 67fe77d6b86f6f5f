export const notes = {
  note: {
    label: "Note",
    placeholder: "What is it about? Saved as you type.",
    saved: "Saved",
    saving: "Saving …",
    waiting: "Will be sent when the service is back",
    refused: "The service does not take this text. It is too long, perhaps.",
    conflict: "This note was changed in another window",
    theirs: "There it reads:",
    keepBoth: "Keep both",
    keepMine: "Keep mine",
    takeTheirs: "Take the other",
    add: "Add note",
    new: "New note",
    by: "Note by {{name}}",
  },
};
