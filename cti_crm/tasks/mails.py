"""What an e-mail that reminds of a task says, in its reader's language and time zone."""

from zoneinfo import ZoneInfo

from cti_crm.tasks.schemas import TaskOut

_WORDS = {
    "en": {
        "subject": "Reminder: {}",
        "due": "Due: {}",
        "about": "About: {}",
        "from": "From {}: {}",
        "page": "Tasks: {}",
    },
    "de": {
        "subject": "Erinnerung: {}",
        "due": "Fällig: {}",
        "about": "Es geht um: {}",
        "from": "Von {}: {}",
        "page": "Aufgaben: {}",
    },
}
_MOMENT = {"en": "%a %d %b %Y, %H:%M", "de": "%d.%m.%Y, %H:%M"}


def reminder_mail(task: TaskOut, language: str, timezone: str, page: str | None) -> tuple[str, str]:
    """Subject and text."""
    words = _WORDS[language]
    lines = [task.text, ""]
    if task.due_at is not None:
        lines.append(words["due"].format(task.due_at.astimezone(ZoneInfo(timezone)).strftime(_MOMENT[language])))
    about = [one.name for one in (task.contact, task.organization) if one is not None]
    if about:
        lines.append(words["about"].format(", ".join(about)))
    if task.handed is not None and task.handed.comment:
        lines.append(words["from"].format(task.handed.by.name, task.handed.comment))
    if page is not None:
        lines += ["", words["page"].format(f"{page.rstrip('/')}/tasks")]
    return words["subject"].format(" ".join(task.text.split())), "\n".join(lines) + "\n"
