"""Users, sessions and tokens on both kinds of database."""

import pytest
from sqlalchemy import select

from cti_crm.accounts.events import SessionEnded, UserSignedOutEverywhere
from cti_crm.accounts.models import ApiToken, User, UserSession
from cti_crm.accounts.service import AccountService, WrongPasswordError
from cti_crm.accounts.tokens import token_hash
from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.errors import ConflictError, InvalidInputError, NotFoundError, TooManyAttemptsError
from cti_crm.infrastructure.event_bus.memory import MemoryEventBus
from cti_crm.infrastructure.http.principal import Principal, Role
from tests.accounts_setup import PASSWORD, Clock, add_user, cheap_passwords

ADDRESS = "192.0.2.1"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def accounts(clock: Clock) -> AccountService:
    return AccountService(cheap_passwords(), clock)


async def _sign_in(database: Database, accounts: AccountService, username: str = "anna") -> tuple[str, Principal]:
    async with database.transaction() as session:
        token, found = await accounts.sign_in(session, username, PASSWORD, ADDRESS)
    return token, found.principal


async def _whose(database: Database, accounts: AccountService, token: str) -> Principal | None:
    async with database.transaction() as session:
        found = await accounts.authenticate_session(session, token)
    return found.principal if found else None


async def _fail(database: Database, accounts: AccountService, username: str, password: str) -> str:
    with pytest.raises(WrongPasswordError) as caught:
        async with database.transaction() as session:
            await accounts.sign_in(session, username, password, ADDRESS)
    return str(caught.value)


async def test_a_session_is_its_users(database: Database, accounts: AccountService) -> None:
    user = await add_user(database, accounts, role=Role.MANAGER)
    token, principal = await _sign_in(database, accounts)

    assert principal.user_id == user.id
    assert (principal.username, principal.display_name, principal.role) == ("anna", "Anna Albrecht", Role.MANAGER)
    assert await _whose(database, accounts, token) == principal
    assert await _whose(database, accounts, token + "x") is None


async def test_the_token_itself_is_not_stored(database: Database, accounts: AccountService) -> None:
    await add_user(database, accounts)
    token, principal = await _sign_in(database, accounts)

    async with database.transaction() as session:
        row = await session.get_one(UserSession, principal.session_id)
    assert row.token_hash == token_hash(token)


async def test_names_differ_in_more_than_case(database: Database, accounts: AccountService) -> None:
    await add_user(database, accounts, username="Jürgen.Straße")

    token, _ = await _sign_in(database, accounts, username="JÜRGEN.STRASSE")
    assert await _whose(database, accounts, token)
    with pytest.raises(ConflictError):
        await add_user(database, accounts, username="jürgen.straße")


@pytest.mark.parametrize("username", ["", "two words", "line\nbreak", "x" * 81])
async def test_refuses_unusable_names(database: Database, accounts: AccountService, username: str) -> None:
    with pytest.raises(InvalidInputError):
        await add_user(database, accounts, username=username)


async def test_the_message_does_not_tell_what_was_wrong(database: Database, accounts: AccountService) -> None:
    await add_user(database, accounts)
    await add_user(database, accounts, username="gone")
    async with database.transaction() as session:
        await accounts.disable_user(session, "gone")

    messages = {
        await _fail(database, accounts, "anna", "wrong password"),
        await _fail(database, accounts, "nobody", "wrong password"),
        await _fail(database, accounts, "gone", PASSWORD),
    }
    assert messages == {"The name or the password is not right."}


async def test_failures_are_limited_for_name_and_address(database: Database, accounts: AccountService) -> None:
    await add_user(database, accounts)
    await add_user(database, accounts, username="ben")
    for name in ("anna", "ANNA", "Anna", "anna", "anna"):
        await _fail(database, accounts, name, "wrong password")

    with pytest.raises(TooManyAttemptsError):
        await _sign_in(database, accounts)
    await _sign_in(database, accounts, username="ben")
    async with database.transaction() as session:
        await accounts.sign_in(session, "anna", PASSWORD, "192.0.2.2")


async def test_names_cannot_be_tried_through_from_one_address(database: Database, accounts: AccountService) -> None:
    await add_user(database, accounts)
    for number in range(50):
        await _fail(database, accounts, f"guess{number}", "wrong password")

    with pytest.raises(TooManyAttemptsError):
        await _sign_in(database, accounts)


async def test_success_forgives_failures_before(database: Database, accounts: AccountService) -> None:
    await add_user(database, accounts)
    for _ in range(3):
        for _ in range(4):
            await _fail(database, accounts, "anna", "wrong password")
        await _sign_in(database, accounts)


async def test_sign_out_ends_this_session_only(
    database: Database, accounts: AccountService, bus: MemoryEventBus
) -> None:
    ended: list[SessionEnded] = []
    bus.subscribe(SessionEnded, ended.append)
    await add_user(database, accounts)
    here, principal = await _sign_in(database, accounts)
    there, _ = await _sign_in(database, accounts)

    async with database.transaction() as session:
        await accounts.sign_out(session, principal)

    assert await _whose(database, accounts, here) is None
    assert await _whose(database, accounts, there)
    assert [one.session_id for one in ended] == [principal.session_id]


async def test_a_session_ends_when_unused(database: Database, accounts: AccountService, clock: Clock) -> None:
    await add_user(database, accounts)
    token, _ = await _sign_in(database, accounts)

    clock.advance(hours=11, minutes=59)
    assert await _whose(database, accounts, token)
    clock.advance(hours=11, minutes=59)
    assert await _whose(database, accounts, token)
    clock.advance(hours=12)
    assert await _whose(database, accounts, token) is None


async def test_a_session_ends_after_a_week_of_use(database: Database, accounts: AccountService, clock: Clock) -> None:
    await add_user(database, accounts)
    token, _ = await _sign_in(database, accounts)

    for _ in range(16):
        clock.advance(hours=10)
        assert await _whose(database, accounts, token)
    clock.advance(hours=8)
    assert await _whose(database, accounts, token) is None


async def test_expired_sessions_are_removed(database: Database, accounts: AccountService, clock: Clock) -> None:
    await add_user(database, accounts)
    await _sign_in(database, accounts)
    clock.advance(days=8)
    await _sign_in(database, accounts)

    async with database.transaction() as session:
        assert len((await session.execute(select(UserSession))).all()) == 1


async def test_disabling_ends_all_sessions_at_once(
    database: Database, accounts: AccountService, bus: MemoryEventBus
) -> None:
    ended: list[UserSignedOutEverywhere] = []
    bus.subscribe(UserSignedOutEverywhere, ended.append)
    user = await add_user(database, accounts)
    token, principal = await _sign_in(database, accounts)
    async with database.transaction() as session:
        assert not await accounts.ended(session, [principal])
        bearer = await accounts.add_token(session, "anna", "import")

    async with database.transaction() as session:
        await accounts.disable_user(session, "anna")

    assert await _whose(database, accounts, token) is None
    async with database.transaction() as session:
        assert await accounts.authenticate_token(session, bearer) is None
        assert await accounts.ended(session, [principal]) == {principal}
        assert await accounts.users(session) == []
        assert [one.username for one in await accounts.users(session, also_disabled=True)] == ["anna"]
        await accounts.enable_user(session, "anna")
    assert [one.user_id for one in ended] == [user.id]
    await _sign_in(database, accounts)


async def test_another_password_ends_all_sessions(database: Database, accounts: AccountService) -> None:
    await add_user(database, accounts)
    token, _ = await _sign_in(database, accounts)

    async with database.transaction() as session:
        await accounts.set_password(session, "anna", "battery staple")

    assert await _whose(database, accounts, token) is None
    await _fail(database, accounts, "anna", PASSWORD)
    async with database.transaction() as session:
        await accounts.sign_in(session, "anna", "battery staple", ADDRESS)


async def test_an_old_hash_is_renewed_at_sign_in(database: Database, accounts: AccountService) -> None:
    await add_user(database, accounts)
    dearer = AccountService(cheap_passwords(time_cost=2))

    await _sign_in(database, dearer)

    async with database.transaction() as session:
        user = (await session.execute(select(User))).scalar_one()
    assert not cheap_passwords(time_cost=2).is_outdated(user.password_hash)
    await _sign_in(database, dearer)


async def test_a_token_acts_for_its_user(database: Database, accounts: AccountService, clock: Clock) -> None:
    user = await add_user(database, accounts, role=Role.PBX_ADMIN)
    async with database.transaction() as session:
        token = await accounts.add_token(session, "anna", "nightly import")
    assert token.startswith("cti_")

    async with database.transaction() as session:
        found = await accounts.authenticate_token(session, token)
        assert await accounts.authenticate_token(session, token[:-1]) is None

    assert found is not None
    assert found.principal == Principal(user.id, "anna", "Anna Albrecht", Role.PBX_ADMIN, None)
    assert found.expires_at is None
    assert accounts.has_uses
    async with database.transaction() as session:
        await accounts.note_uses(session)
    assert not accounts.has_uses
    async with database.transaction() as session:
        row = (await session.execute(select(ApiToken))).scalar_one()
        assert (row.name, row.last_used_at) == ("nightly import", clock.time)
        assert not await accounts.ended(session, [found.principal])


async def test_nobody_is_not_found(database: Database, accounts: AccountService) -> None:
    async with database.transaction() as session:
        with pytest.raises(NotFoundError, match="no user nobody"):
            await accounts.add_token(session, "nobody", "x")
