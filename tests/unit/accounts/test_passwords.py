import pytest
from argon2 import PasswordHasher

from cti_crm.accounts.passwords import Passwords
from cti_crm.infrastructure.errors import InvalidInputError
from tests.accounts_setup import cheap_passwords


async def test_only_the_right_password_fits() -> None:
    passwords = cheap_passwords()
    stored = await passwords.hash("Größenwahn 1")

    assert stored.startswith("$argon2id$")
    assert await passwords.verify(stored, "Größenwahn 1")
    assert not await passwords.verify(stored, "Größenwahn 2")
    assert not await passwords.verify("no hash at all", "Größenwahn 1")


async def test_nobody_has_no_password() -> None:
    assert not await cheap_passwords().verify(None, "nobody's password")


async def test_an_unknown_user_costs_a_verification(monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []

    class Recording(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:  # noqa: A002 - argon2 calls it so
            verified.append(str(hash))
            return super().verify(hash, password)

    passwords = Passwords(Recording(time_cost=1, memory_cost=8, parallelism=1))
    await passwords.verify(None, "whatever")

    assert len(verified) == 1
    assert verified[0].startswith("$argon2id$")


@pytest.mark.parametrize("password", ["1234567", "", "x" * 201])
async def test_refuses_short_and_endless_passwords(password: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        await cheap_passwords().hash(password)

    assert caught.value.fields[0].field == "password"


async def test_knows_hashes_made_with_other_parameters() -> None:
    stored = await cheap_passwords(time_cost=1).hash("correct horse")

    assert not cheap_passwords(time_cost=1).is_outdated(stored)
    assert cheap_passwords(time_cost=2).is_outdated(stored)
