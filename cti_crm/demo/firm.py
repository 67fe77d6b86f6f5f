"""The sample firm: who works there, whom they know, and what is open with them."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts.service import AccountService
from cti_crm.agents.service import AgentService, Device
from cti_crm.contacts.importer import import_contacts
from cti_crm.contacts.matching import Matcher
from cti_crm.contacts.ownership import Owner
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.schemas import ContactQuery
from cti_crm.contacts.service import ContactService
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.http.principal import Principal, Role
from cti_crm.notes.schemas import NoteCreate, TemplateIn
from cti_crm.notes.service import NoteService
from cti_crm.notes.templates import TemplateService
from cti_crm.settings import NumberSettings
from cti_crm.tasks.recurrence import Every, Recurrence
from cti_crm.tasks.schemas import TaskCreate
from cti_crm.tasks.service import TaskService
from cti_crm.touchpoints.dispositions import DispositionService
from cti_crm.touchpoints.schemas import DispositionIn

PBX = "demo"
PASSWORD = "demo-cti-crm"  # noqa: S105 - printed at every start; the demo listens on this machine only
CONTACTS = Path(__file__).parent / "contacts.csv"
NUMBERS = NumberSettings(country="DE", area_code="30", own=["+49 30 5550"])


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works in the sample firm."""

    username: str
    name: str
    role: Role
    extension: str | None = None
    team: str = ""


STAFF = (
    Person("anna", "Anna Adler", Role.AGENT, "101", "Support"),
    Person("bernd", "Bernd Busch", Role.AGENT, "102", "Support"),
    Person("maria", "Maria Meister", Role.MANAGER),
    Person("clara", "Clara Cohn", Role.AGENT, "103", "Vertrieb"),
    Person("david", "David Dorn", Role.AGENT, "104", "Vertrieb"),
)
SIGN_INS = STAFF[:3]

# Who calls the demo: contacts of contacts.csv first, then some nobody knows, one who hides the number.
CALLERS = (
    ("+4917612345678", ""),
    ("0402233445", ""),
    ("+493049301121", "Weiss"),
    ("+498912345678", ""),
    ("+33170189900", "MOREAU"),
    ("0421334455", ""),
    ("03419988770", ""),
    ("+4917612345678", ""),
    ("+442079460958", ""),
    ("+497531800417", ""),
    ("+4915799900123", ""),
    ("03022119988", "Unbekannt"),
    ("", ""),
)

_OPEN = (
    ("Krüger", "Send the offer for the heating control as PDF", 2),
    ("Krüger", "Ask about the maintenance contract", 50),
    ("Özdemir", "Rückruf wegen Liefertermin versprochen", -3),
    ("Hofbauer", "Muster der neuen Serie schicken", 26),
    ("Carter", "Confirm the date of the workshop", 4),
)
_NOTES = (
    ("Krüger", "Very happy with the last delivery. Wants one contact person only."),
    ("Özdemir", "Zwei Paletten fehlen, Spedition ist informiert."),
    ("Moreau", "Prefers to be called in the afternoon."),
)

_TEMPLATES: tuple[tuple[str, str, Literal["de", "en"] | None, tuple[str, ...]], ...] = (
    ("Störung", "Störung bei {{contact}} ({{number}}), {{date}}\nGerät:\nWas passiert:\nSeit wann:", "de", ()),
    ("Fault report", "Fault at {{contact}} ({{number}}), {{date}}\nDevice:\nWhat happens:\nSince:", "en", ()),
    ("Bestellung", "Bestellung {{contact}}, {{date}}\nArtikel:\nMenge:\nLieferung bis:", "de", ("sales",)),
    ("Order", "Order of {{contact}}, {{date}}\nItem:\nQuantity:\nDelivery by:", "en", ("sales",)),
)
_FOLLOW_UPS = {"callback": ("", "tomorrow 9:00"), "enquiry": ("Angebot schicken", "in 2 days")}
"""What a result brings along: text and when it is due, by the disposition's key."""


async def set_up(database: Database, accounts: AccountService | None = None) -> None:
    """Fill an empty database with the firm; does nothing if it is there already. `accounts` hashes the passwords."""
    accounts, agents = accounts or AccountService(), AgentService()
    async with database.transaction() as session:
        if await accounts.users(session):
            return
        for person in STAFF:
            user = await accounts.add_user(
                session, username=person.username, password=PASSWORD, role=person.role, display_name=person.name
            )
            if person.extension is not None:
                device = Device(PBX, f"PJSIP/{person.extension}")
                await agents.set(session, user.id, person.extension, [device], person.team)
    plan = NumberPlan(NUMBERS)
    await import_contacts(database, plan, CONTACTS.read_bytes(), lambda _report: None)
    async with database.transaction() as session:
        await _write_what_is_open(session, plan)
        await _set_up_the_desk(session)


async def _write_what_is_open(session: AsyncSession, plan: NumberPlan) -> None:
    contacts = ContactService(plan, Matcher(plan))
    tasks, notes = TaskService(_nobodys), NoteService(_nobodys)
    user = await AccountService().user(session, "anna")
    anna = Principal(user.id, user.username, user.display_name, user.role)

    async def contact_id(name: str) -> UUID:
        return (await contacts.search(session, ContactQuery(q=name))).items[0].id

    hour = now().replace(minute=0, second=0, microsecond=0)
    for name, text, hours in _OPEN:
        due_at = hour + timedelta(hours=hours)
        await tasks.create(session, anna, TaskCreate(text=text, due_at=due_at, contact_id=await contact_id(name)))
    for name, text in _NOTES:
        await notes.create(session, anna, NoteCreate(text=text, contact_id=await contact_id(name)))
    morning = (hour.astimezone() + timedelta(days=1)).replace(hour=9)
    weekly = Recurrence(every=Every.WEEKDAY, timezone="Europe/Berlin")
    await tasks.create(session, anna, TaskCreate(text="Offene Rückrufe durchgehen", due_at=morning, recurrence=weekly))


async def _set_up_the_desk(session: AsyncSession) -> None:
    """What a manager of the firm has set up: templates, and what its results bring along."""
    user = await AccountService().user(session, "maria")
    maria = Principal(user.id, user.username, user.display_name, user.role)
    for position, (title, text, language, queues) in enumerate(_TEMPLATES):
        new = TemplateIn(title=title, text=text, language=language, queues=list(queues), position=position)
        await TemplateService().create(session, maria, new)
    dispositions = DispositionService()
    for one in (await dispositions.all(session, retired=False)).items:
        if one.key in _FOLLOW_UPS:
            text, due = _FOLLOW_UPS[one.key]
            kept = one.model_dump(include=set(DispositionIn.model_fields))
            changed = {"follow_up": True, "follow_up_text": text, "follow_up_due": due}
            wish = DispositionIn.model_validate(kept | changed)
            await dispositions.put(session, maria, one.id, wish)


async def _nobodys(_session: AsyncSession, _call_id: UUID) -> Owner:
    return Owner()
