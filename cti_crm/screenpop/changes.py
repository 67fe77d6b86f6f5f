"""Something stored changed: browsers that show it are told to read it again, and open pops are looked up anew."""

from collections.abc import Callable
from uuid import UUID

from cti_crm.agents.events import AgentsChanged
from cti_crm.callers.events import SpamChanged
from cti_crm.contacts.events import ContactChanged, NumbersAttached, OrganizationChanged
from cti_crm.infrastructure.event_bus.bus import EventBus
from cti_crm.notes.events import DraftChanged, NoteChanged, TemplatesChanged
from cti_crm.screenpop.hub import Hub
from cti_crm.screenpop.protocol import DataChanged, TaskNoticed
from cti_crm.screenpop.service import ScreenPopService
from cti_crm.tasks.events import TaskChanged, TaskNotice
from cti_crm.touchpoints.events import CallWrappedUp, DispositionsChanged, TouchpointAssigned, TouchpointChanged


class Changes:
    """Follows the domain events of all features."""

    def __init__(
        self, bus: EventBus, hub: Hub, pops: ScreenPopService, extension_of: Callable[[UUID], str | None]
    ) -> None:
        self._hub = hub
        self._pops = pops
        self._extension_of = extension_of
        bus.subscribe(ContactChanged, self._contact)
        bus.subscribe(OrganizationChanged, self._organization)
        bus.subscribe(NumbersAttached, lambda _: self._pops.refresh())
        bus.subscribe(NoteChanged, self._note)
        bus.subscribe(DraftChanged, self._draft)
        bus.subscribe(
            TemplatesChanged, lambda event: self._tell(DataChanged(resource="note-templates", id=event.template_id))
        )
        bus.subscribe(
            DispositionsChanged, lambda event: self._tell(DataChanged(resource="dispositions", id=event.disposition_id))
        )
        bus.subscribe(TaskChanged, self._task)
        bus.subscribe(TaskNotice, self._task_notice)
        bus.subscribe(TouchpointChanged, self._touchpoint)
        bus.subscribe(
            TouchpointAssigned,
            lambda event: self._pops.assigned(event.call_id, event.contact_id, event.organization_id),
        )
        bus.subscribe(CallWrappedUp, self._wrapped_up)
        bus.subscribe(SpamChanged, lambda event: self._pops.marked(event.number))
        bus.subscribe(AgentsChanged, lambda event: self._tell(DataChanged(resource="agents", id=event.agent_id)))

    def _contact(self, event: ContactChanged) -> None:
        self._tell(DataChanged(resource="contacts", id=event.contact_id, contact_id=event.contact_id))
        self._pops.refresh(contact_id=event.contact_id)

    def _organization(self, event: OrganizationChanged) -> None:
        self._tell(DataChanged(resource="organizations", id=event.organization_id))
        self._pops.refresh()

    def _note(self, event: NoteChanged) -> None:
        self._tell(DataChanged(resource="notes", id=event.note_id, contact_id=event.contact_id, call_id=event.call_id))
        self._pops.refresh(call_id=event.call_id, contact_id=event.contact_id)

    def _draft(self, event: DraftChanged) -> None:
        author = event.note.author.id
        self._pops.drafted(event.call_id, self._extension_of(author) or str(author), event.note)

    def _task_notice(self, event: TaskNotice) -> None:
        self._hub.to_user(event.user_id, TaskNoticed(kind=event.kind, task_id=event.task_id))

    def _task(self, event: TaskChanged) -> None:
        self._tell(DataChanged(resource="tasks", id=event.task_id, contact_id=event.contact_id, call_id=event.call_id))
        self._pops.refresh(call_id=event.call_id, contact_id=event.contact_id)

    def _touchpoint(self, event: TouchpointChanged) -> None:
        self._tell(
            DataChanged(
                resource="touchpoints", id=event.touchpoint_id, contact_id=event.contact_id, call_id=event.call_id
            )
        )

    def _wrapped_up(self, event: CallWrappedUp) -> None:
        extension = self._extension_of(event.user_id)
        if extension is not None:
            self._pops.wrapped_up(event.call_id, extension)

    def _tell(self, message: DataChanged) -> None:
        about = (message.resource, message.id, message.contact_id, message.call_id)
        self._hub.to_all_in_turn(about, message)
