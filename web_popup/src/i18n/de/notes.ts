export const notes = {
  note: {
    label: "Notiz",
    placeholder: "Worum geht es? Wird beim Schreiben gespeichert.",
    saved: "Gespeichert",
    saving: "Speichert …",
    waiting: "Wird gesendet, sobald der Dienst wieder da ist",
    refused: "Der Dienst nimmt diesen Text nicht an. Vielleicht ist er zu lang.",
    conflict: "Diese Notiz wurde in einem anderen Fenster geändert",
    theirs: "Dort steht:",
    keepBoth: "Beides behalten",
    keepMine: "Meine behalten",
    takeTheirs: "Die andere nehmen",
    add: "Notiz hinzufügen",
    new: "Neue Notiz",
    by: "Notiz von {{name}}",
  },
};
