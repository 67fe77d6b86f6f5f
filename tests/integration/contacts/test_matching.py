"""Who a number belongs to, on both databases."""

import pytest

from cti_crm.contacts.schemas import ContactUpdate, MatchKind, MatchReason, NumberIn, NumberLabel
from tests.crm_setup import MOBILE, Crm


async def test_nobody(crm: Crm) -> None:
    await crm.add_contact("Anna Berger", "0176/12345678")
    for number, reason in [
        ("+49301112222", MatchReason.UNKNOWN),
        ("101", MatchReason.UNKNOWN),
        (None, MatchReason.WITHHELD),
        ("anonymous", MatchReason.WITHHELD),
        ("+49305550101", MatchReason.OWN_NUMBER),
    ]:
        match = await crm.match(number)
        assert (match.kind, match.reason) == (MatchKind.NONE, reason)


@pytest.mark.parametrize("stored", ["0176/12345678", "+49 176 123 456 78", "0049 (0) 176 12345678", "017612345678"])
async def test_however_it_was_typed(crm: Crm, stored: str) -> None:
    anna = await crm.add_contact("Anna Berger", "030 999999", stored, firm="Berger GmbH")
    match = await crm.match(MOBILE)
    assert (match.kind, match.reason) == (MatchKind.UNIQUE, MatchReason.EXACT_NUMBER)
    assert match.contact is not None
    assert match.contact.id == anna.id
    assert match.organization is not None
    assert match.organization.name == "Berger GmbH"


async def test_one_query_a_look_up(crm: Crm, statements: list[str]) -> None:
    await crm.add_contact("Anna Berger", MOBILE, firm="Berger GmbH")
    statements.clear()
    await crm.match(MOBILE)
    assert len([one for one in statements if one.lstrip().upper().startswith("SELECT")]) == 1


async def test_several_are_never_one(crm: Crm) -> None:
    await crm.add_contact("Anna Berger", "030 123456", firm="Berger GmbH")
    await crm.add_contact("Bernd Berger", "+4930123456", firm="BERGER GmbH")
    match = await crm.match("+4930123456")
    assert (match.kind, match.reason) == (MatchKind.AMBIGUOUS, MatchReason.SHARED_NUMBER)
    assert match.contact is None
    assert [one.name for one in match.candidates] == ["Anna Berger", "Bernd Berger"]
    assert match.organization is not None  # the firm is sure, the person is not
    await crm.add_contact("Clara Cohn", "030/123456")
    match = await crm.match("+4930123456")
    assert len(match.candidates) == 3
    assert match.organization is None


async def test_a_choice_is_remembered(crm: Crm) -> None:
    anna = await crm.add_contact("Anna Berger", "030 123456")
    bernd = await crm.add_contact("Bernd Berger", "030 123456")
    for chosen in (bernd, anna):
        async with crm.database.transaction() as session:
            await crm.contacts.remember(session, "030 123456", contact_id=chosen.id)
        match = await crm.match("+4930123456")
        assert match.reason is MatchReason.CHOSEN
        assert match.contact is not None
        assert match.contact.id == chosen.id
    async with crm.database.transaction() as session:  # who no longer has the number is no longer the choice
        await crm.contacts.update(session, anna.id, ContactUpdate(version=anna.version, numbers=[]))
    match = await crm.match("+4930123456")
    assert match.reason is MatchReason.EXACT_NUMBER
    assert match.contact is not None
    assert match.contact.id == bernd.id


async def test_a_number_given_to_a_second_owner_is_theirs_by_choice(crm: Crm) -> None:
    await crm.add_contact("Anna Berger", "030 123456")
    bernd = await crm.add_contact("Bernd Berger")
    async with crm.database.transaction() as session:
        await crm.contacts.remember(session, "+4930123456", contact_id=bernd.id)
    match = await crm.match("+4930123456")
    assert match.reason is MatchReason.CHOSEN
    assert match.contact is not None
    assert match.contact.id == bernd.id


async def test_a_firm_chosen_for_a_shared_number(crm: Crm) -> None:
    await crm.add_contact("Anna Berger", "030 123456")
    await crm.add_contact("Bernd Berger", "030 123456")
    firm = await crm.add_firm("Berger GmbH")
    async with crm.database.transaction() as session:
        await crm.contacts.remember(session, "+4930123456", organization_id=firm.id)
    match = await crm.match("+4930123456")
    assert (match.kind, match.reason, match.contact) == (MatchKind.UNIQUE, MatchReason.CHOSEN, None)
    assert match.organization is not None
    assert match.organization.id == firm.id


async def test_own_numbers_are_never_remembered(crm: Crm) -> None:
    anna = await crm.add_contact("Anna Berger")
    async with crm.database.transaction() as session:
        await crm.contacts.remember(session, "+49305550101", contact_id=anna.id)
        assert (await crm.contacts.get(session, anna.id)).numbers == []


async def test_a_firms_number(crm: Crm) -> None:
    firm = await crm.add_firm("Berger GmbH", "030 123456", label=NumberLabel.WORK)
    match = await crm.match("+4930123456")
    assert (match.kind, match.reason) == (MatchKind.UNIQUE, MatchReason.ORGANIZATION_NUMBER)
    assert match.organization is not None
    assert match.organization.id == firm.id
    assert (await crm.match("+49301234567")).reason is MatchReason.UNKNOWN  # no main number, no direct dials


async def test_a_firms_number_that_one_of_its_people_has(crm: Crm) -> None:
    await crm.add_firm("Berger GmbH", "030 123456")
    anna = await crm.add_contact("Anna Berger", "030 123456", firm="Berger GmbH")
    match = await crm.match("+4930123456")
    assert match.contact is not None
    assert match.contact.id == anna.id
    await crm.add_firm("Cohn AG", "030 123456")
    match = await crm.match("+4930123456")
    assert (match.kind, match.organization) == (MatchKind.AMBIGUOUS, None)


@pytest.mark.parametrize("stored", ["+49 30 12345-0", "030/12345 - 0", "+49 30 12345"])
async def test_direct_dials(crm: Crm, stored: str) -> None:
    firm = await crm.add_firm("Berger GmbH", stored)
    match = await crm.match("+493012345123")
    assert (match.kind, match.reason, match.direct_dial) == (MatchKind.UNIQUE, MatchReason.DIRECT_DIAL, "123")
    assert match.organization is not None
    assert match.organization.id == firm.id
    assert (await crm.match("+493012345")).reason is MatchReason.ORGANIZATION_NUMBER
    assert (await crm.match("+493012346123")).reason is MatchReason.UNKNOWN


async def test_the_longest_trunk_number_wins_and_a_person_before_it(crm: Crm) -> None:
    await crm.add_firm("Gross AG", "030 12345-0")
    part = await crm.add_firm("Klein GmbH", "030 123456-0")
    match = await crm.match("+4930123456789")
    assert match.organization is not None
    assert (match.organization.id, match.direct_dial) == (part.id, "789")
    anna = await crm.add_contact("Anna Berger", "030 123456-789")
    match = await crm.match("+4930123456789")
    assert match.contact is not None
    assert match.contact.id == anna.id


async def test_extensions(crm: Crm) -> None:
    anna = await crm.add_contact("Anna Berger", "030 12345 ext. 12")
    bernd = await crm.add_contact("Bernd Berger", "030 12345 ext. 13")
    assert (await crm.match("+493012345")).kind is MatchKind.AMBIGUOUS
    for number, who in [("030 12345 ext. 12", anna), ("+49301234513", bernd)]:  # the second: as a direct dial
        match = await crm.match(number)
        assert match.contact is not None
        assert match.contact.id == who.id


async def test_a_number_typed_twice_is_one(crm: Crm) -> None:
    anna = await crm.add_contact("Anna Berger", "030 123456", "+49 30 123456")
    assert (await crm.match("+4930123456")).kind is MatchKind.UNIQUE
    async with crm.database.transaction() as session:
        same = await crm.contacts.attach_number(session, anna.id, NumberIn(value="0049 30 123456"))
    assert len(same.numbers) == 2


async def test_many_at_once_are_found_as_one_by_one(crm: Crm) -> None:
    await crm.add_contact("Anna Berger", MOBILE, "030 123456", firm="Berger GmbH")
    bernd = await crm.add_contact("Bernd Berger", "030 123456 ext. 12")
    await crm.add_firm("Cohn AG", "+49 30 4445-0")
    await crm.add_firm("Cohn Kiel", "+49 431 4445")
    async with crm.database.transaction() as session:
        await crm.contacts.remember(session, "030 123456", contact_id=bernd.id)
    asked = [MOBILE, "+4930123456", "+493012345612", "+4930444577", "+494314445", "+49301112222", None, "101", "junk"]
    one_by_one = await crm.database.read(lambda asker: {one: crm.matcher.look_up(asker, one) for one in asked})
    assert await crm.database.read(lambda asker: crm.matcher.look_up_many(asker, asked)) == one_by_one
    reasons = {one.reason for one in one_by_one.values()}
    assert {MatchReason.CHOSEN, MatchReason.DIRECT_DIAL, MatchReason.EXACT_NUMBER, MatchReason.WITHHELD} <= reasons
