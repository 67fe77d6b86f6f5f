"""The sample firm: who works there, whom they know, and what is open with them."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
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
from cti_crm.notes.schemas import NoteCreate
from cti_crm.notes.service import NoteService
from cti_crm.settings import NumberSettings
from cti_crm.tasks.schemas import TaskCreate
from cti_crm.tasks.service import TaskService

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


async def _nobodys(_session: AsyncSession, _call_id: UUID) -> Owner:
    return Owner()
