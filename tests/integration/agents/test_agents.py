"""Agents on both kinds of database, and the directory made from them."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import pytest

from cti_crm.accounts.service import AccountService
from cti_crm.agents.directory import AgentDirectory
from cti_crm.agents.events import AgentsChanged, DirectoryChanged
from cti_crm.agents.reload import keep_directory_current
from cti_crm.agents.schemas import AgentChange
from cti_crm.agents.service import AgentService, Device
from cti_crm.agents.state import AgentState
from cti_crm.calls.pbx_presence import DeviceState, DeviceStateChanged, QueueMemberChanged
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.errors import ConflictError, InvalidInputError
from cti_crm.infrastructure.event_bus.memory import MemoryEventBus
from tests.accounts_setup import add_user, cheap_passwords

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
DESK = Device("main", "PJSIP/101")
HEADSET = Device("main", "PJSIP/1101")


@pytest.fixture
def accounts() -> AccountService:
    return AccountService(cheap_passwords())


@pytest.fixture
def agents() -> AgentService:
    return AgentService()


@pytest.fixture
async def anna(database: Database, accounts: AccountService) -> UUID:
    return (await add_user(database, accounts)).id


@pytest.fixture
async def ben(database: Database, accounts: AccountService) -> UUID:
    return (await add_user(database, accounts, username="ben", display_name="Ben Beck")).id


async def _set(database: Database, agents: AgentService, user: UUID, extension: str, *devices: Device) -> UUID:
    async with database.transaction() as session:
        return (await agents.set(session, user, extension, devices)).id


async def _directory(database: Database) -> AgentDirectory:
    directory = AgentDirectory()
    async with database.transaction() as session:
        await directory.load(session)
    return directory


async def test_a_user_becomes_an_agent(database: Database, agents: AgentService, anna: UUID, ben: UUID) -> None:
    await _set(database, agents, ben, "102", Device("branch", "PJSIP/102"))
    await _set(database, agents, anna, "101", DESK, HEADSET, DESK)

    directory = await _directory(database)

    assert [(agent.name, agent.extension) for agent in directory.agents()] == [
        ("Anna Albrecht", "101"),
        ("Ben Beck", "102"),
    ]
    entry = directory.by_device("main", "PJSIP/1101")
    assert entry is not None
    assert entry == directory.by_extension("101") == directory.by_user(anna)
    assert entry.devices == (DESK, HEADSET)
    assert entry.devices_at("main") == ("PJSIP/101", "PJSIP/1101")
    assert entry.devices_at("branch") == ()
    assert directory.by_device("main", "PJSIP/102") is None
    assert directory.extensions_for("main") == {"PJSIP/101": "101", "PJSIP/1101": "101"}


async def test_extension_and_phones_can_be_changed(database: Database, agents: AgentService, anna: UUID) -> None:
    first = await _set(database, agents, anna, "101", DESK)
    second = await _set(database, agents, anna, "201", HEADSET, DESK)

    assert first == second
    (agent,) = (await _directory(database)).agents()
    assert (agent.extension, [one.device for one in agent.devices]) == ("201", ["PJSIP/1101", "PJSIP/101"])


async def test_what_is_taken_is_refused(database: Database, agents: AgentService, anna: UUID, ben: UUID) -> None:
    await _set(database, agents, anna, "101", DESK)

    with pytest.raises(ConflictError, match="101 belongs"):
        await _set(database, agents, ben, "101")
    with pytest.raises(ConflictError, match="PJSIP/101 belongs to the agent with extension 101"):
        await _set(database, agents, ben, "102", DESK)
    await _set(database, agents, ben, "102", Device("branch", "PJSIP/101"))


async def test_who_left_frees_extension_and_phones(
    database: Database, agents: AgentService, anna: UUID, ben: UUID
) -> None:
    await _set(database, agents, anna, "101", DESK)
    async with database.transaction() as session:
        await agents.disable(session, anna)
        await agents.disable(session, ben)

    await _set(database, agents, ben, "101", DESK)

    assert [agent.name for agent in (await _directory(database)).agents()] == ["Ben Beck"]
    with pytest.raises(ConflictError):
        await _set(database, agents, anna, "101")


async def test_a_locked_out_user_is_no_agent(
    database: Database, agents: AgentService, accounts: AccountService, anna: UUID
) -> None:
    await _set(database, agents, anna, "101", DESK)
    async with database.transaction() as session:
        await accounts.disable_user(session, "anna")

    assert (await _directory(database)).agents() == []


@pytest.mark.parametrize(
    ("extension", "device"),
    [
        ("", "PJSIP/101"),
        ("1 01", "PJSIP/101"),
        ("101", "101"),
        ("101", "PJSIP/"),
        ("101", "PJSIP/101&PJSIP/666"),
        ("101", "PJSIP/101\r\nAction: Originate"),
    ],
)
async def test_nonsense_is_refused(
    database: Database, agents: AgentService, anna: UUID, extension: str, device: str
) -> None:
    with pytest.raises(InvalidInputError):
        await _set(database, agents, anna, extension, Device("main", device))


async def test_several_phones_make_one_state(database: Database, agents: AgentService, anna: UUID) -> None:
    await _set(database, agents, anna, "101", DESK, HEADSET)
    directory = await _directory(database)
    assert directory.agents()[0].state is AgentState.LOGGED_OFF

    for device, state, summary in (
        (HEADSET, DeviceState.IDLE, AgentState.READY),
        (DESK, DeviceState.UNAVAILABLE, AgentState.READY),
        (DESK, DeviceState.ON_HOLD, AgentState.BUSY),
        (HEADSET, DeviceState.IN_USE, AgentState.BUSY),
        (DESK, DeviceState.RINGING, AgentState.BUSY),
        (HEADSET, DeviceState.IDLE, AgentState.RINGING),
        (DESK, DeviceState.UNAVAILABLE, AgentState.READY),
        (HEADSET, DeviceState.UNAVAILABLE, AgentState.LOGGED_OFF),
    ):
        (agent,) = directory.apply(device.pbx, DeviceStateChanged(AT, device.device, state)).agents
        assert agent.state is summary, (device, state)
    assert [(one.device, one.state) for one in directory.agents()[0].devices] == [
        ("PJSIP/101", DeviceState.UNAVAILABLE),
        ("PJSIP/1101", DeviceState.UNAVAILABLE),
    ]


async def test_queue_members_are_agents(database: Database, agents: AgentService, anna: UUID) -> None:
    await _set(database, agents, anna, "201", DESK)
    directory = await _directory(database)

    (queue,) = directory.apply("main", QueueMemberChanged(AT, "support", "PJSIP/101", "Desk 3", False)).queues
    assert (queue.members[0].extension, queue.members[0].name) == ("201", "Anna Albrecht")


async def test_the_directory_follows_changes(
    database: Database, agents: AgentService, bus: MemoryEventBus, anna: UUID
) -> None:
    changes: list[AgentsChanged] = []
    reloaded = asyncio.Event()
    bus.subscribe(AgentsChanged, changes.append)
    bus.subscribe(DirectoryChanged, lambda _event: reloaded.set())
    directory = await _directory(database)
    extensions = directory.extensions_for("main")

    task = asyncio.create_task(keep_directory_current(directory, database, bus))
    await asyncio.sleep(0)  # lets it subscribe
    agent_id = await _set(database, agents, anna, "101", DESK)
    await reloaded.wait()
    assert extensions == {"PJSIP/101": "101"}

    reloaded.clear()
    async with database.transaction() as session:
        await agents.disable(session, anna)
    async with asyncio.timeout(10):
        while directory.agents():  # a look at the very moment of the change may see half of it
            await reloaded.wait()
            reloaded.clear()
    assert extensions == {}

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert changes == [AgentsChanged(agent_id, AgentChange.ADDED), AgentsChanged(agent_id, AgentChange.DISABLED)]


async def test_the_directory_sees_what_another_process_changed(
    database: Database, agents: AgentService, anna: UUID
) -> None:
    own_bus = MemoryEventBus()  # nothing of what `database` publishes comes here
    reloaded = asyncio.Event()
    own_bus.subscribe(DirectoryChanged, lambda _event: reloaded.set())
    directory = await _directory(database)
    task = asyncio.create_task(keep_directory_current(directory, database, own_bus, look_again_seconds=0.01))

    await _set(database, agents, anna, "101", DESK)
    await reloaded.wait()

    assert directory.by_extension("101") is not None
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
