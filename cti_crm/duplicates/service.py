"""Duplicates: propose, tell apart, merge, take apart again. A session comes with each call; the edge commits."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts.models import User
from cti_crm.contacts import repository as contact_repository
from cti_crm.contacts.events import ContactChanged
from cti_crm.contacts.models import Contact
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.schemas import ContactOut
from cti_crm.contacts.service import flush, save, stored_contact
from cti_crm.contacts.stored_numbers import announce
from cti_crm.contacts.views import contact_out
from cti_crm.duplicates import repository
from cti_crm.duplicates.merging import (
    contact_again,
    merge_fields,
    merge_numbers,
    restore_fields,
    restore_numbers,
    row_document,
)
from cti_crm.duplicates.models import ContactMerge, DistinctPair
from cti_crm.duplicates.schemas import Alike, AlikeBy, DistinctIn, DuplicateOut, DuplicatesOut, MergeIn, MergeOut
from cti_crm.infrastructure.clock import now
from cti_crm.infrastructure.database import after_commit
from cti_crm.infrastructure.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from cti_crm.infrastructure.http.principal import Principal
from cti_crm.infrastructure.row_documents import key_of, plain, pointing_at, typed

_WEIGHT = {AlikeBy.NUMBER: 4, AlikeBy.EMAIL: 3, AlikeBy.NAME: 2}
# Numbers and what is searched are moved by those who know them; a pair told apart means these two and nobody else.
_APART = frozenset(("phone_numbers", "search_entries", "distinct_contacts"))


class DuplicateService:
    """Finds the same person twice, and makes one of them."""

    def __init__(self, plan: NumberPlan) -> None:
        self._plan = plan

    async def proposals(self, session: AsyncSession, limit: int, contact_id: UUID | None = None) -> DuplicatesOut:
        """Pairs that may be one, the likeliest first; of one contact, or of all."""
        reasons: dict[tuple[UUID, UUID], dict[AlikeBy, str]] = defaultdict(dict)
        for by, search in (
            (AlikeBy.NUMBER, repository.same_number),
            (AlikeBy.EMAIL, repository.same_email),
            (AlikeBy.NAME, repository.same_name),
        ):
            for first, second, value in await search(session, 2 * limit + 1, contact_id):
                reasons[first, second].setdefault(by, value)
        ranked = sorted(reasons, key=lambda pair: (-sum(_WEIGHT[by] for by in reasons[pair]), pair))
        shown = ranked[:limit]
        contacts = await contact_repository.contacts_by_id(session, {one for pair in shown for one in pair})
        return DuplicatesOut(
            items=[
                DuplicateOut(
                    first=contact_out(contacts[first], self._plan),
                    second=contact_out(contacts[second], self._plan),
                    reasons=[
                        Alike(by=by, value=self._plan.display(value) if by is AlikeBy.NUMBER else value)
                        for by, value in reasons[first, second].items()
                    ],
                )
                for first, second in shown
            ],
            more=len(ranked) > limit,
        )

    async def tell_apart(self, session: AsyncSession, principal: Principal, pair: DistinctIn) -> None:
        """These two are not the same, and are not proposed again. Raises NotFoundError, InvalidInputError."""
        first, second = sorted((pair.first_id, pair.second_id))
        await self._two(session, first, second)
        await session.merge(DistinctPair(first_id=first, second_id=second, told_by=principal.user_id))
        await session.flush()

    async def merge(self, session: AsyncSession, principal: Principal, kept_id: UUID, wish: MergeIn) -> MergeOut:
        """Make one contact of two: numbers, calls, notes, tasks and all else that pointed to `gone_id` is the other's.

        Raises NotFoundError, InvalidInputError, and ConflictError if one of them was changed meanwhile.
        """
        kept, gone = await self._two(session, kept_id, wish.gone_id)
        if (kept.version, gone.version) != (wish.version, wish.gone_version):
            raise ConflictError
        document = {"gone": row_document(gone), "fields": merge_fields(kept, gone, wish.take, wish.take_custom)}
        document["numbers"] = merge_numbers(kept, gone)
        kept.updated_at = now()
        await save(session, kept)
        held: dict[str, list[Any]] = {}
        for column, _ in pointing_at(Contact.__table__, _APART):
            keys = await repository.hand_over(session, column, gone.id, kept.id)
            if keys:
                held[str(column)] = [plain(key) for key in keys]
        document["held"] = held
        merge = ContactMerge(
            kept_id=kept.id, gone_id=gone.id, gone_name=gone.name, document=document, merged_by=principal.user_id
        )
        session.add(merge)
        await session.delete(gone)
        await flush(session)
        done = _merge_out(merge, principal.display_name)
        session.expire_all()  # what other features had read points to the contact that is gone
        self._tell(session, await stored_contact(session, kept_id), wish.gone_id)
        return done

    async def undo(self, session: AsyncSession, merge_id: UUID) -> ContactOut:
        """Take two contacts apart again; what came since stays with the one that was kept.

        Returns the contact that is there again. Raises NotFoundError, ConflictError: undone already.
        """
        merge = await session.get(ContactMerge, merge_id)
        if merge is None:
            raise NotFoundError("These contacts were not merged, or the merged contact was deleted since.")
        if merge.undone_at is not None:
            raise ConflictError("These contacts have been taken apart already.")
        kept = await stored_contact(session, merge.kept_id)
        document = merge.document
        gone = contact_again(document["gone"])
        if gone.organization_id and not await contact_repository.organization(session, gone.organization_id):
            gone.organization_id = None  # the firm was deleted since
        session.add(gone)
        restore_fields(kept, document["fields"])
        restore_numbers(kept, gone, document["numbers"])
        kept.updated_at = merge.undone_at = now()
        await flush(session)
        for column, _ in pointing_at(Contact.__table__, _APART):
            if keys := document["held"].get(str(column)):
                own = key_of(column.table)
                await repository.hand_over(session, column, kept.id, gone.id, [typed(own, key) for key in keys])
        kept_id, gone_id = kept.id, gone.id
        session.expire_all()
        kept, gone = await stored_contact(session, kept_id), await stored_contact(session, gone_id)
        await save(session, kept, gone)
        self._tell(session, kept, gone.id)
        announce(session, gone.numbers)
        return contact_out(gone, self._plan)

    async def merges(self, session: AsyncSession, kept_id: UUID) -> list[MergeOut]:
        """What became part of a contact, the newest first. Raises NotFoundError."""
        await stored_contact(session, kept_id)
        found = await repository.merges_of(session, kept_id)
        names = {one.merged_by: "" for one in found}
        for user_id in names:
            user = await session.get(User, user_id)
            names[user_id] = user.display_name if user else ""
        return [_merge_out(one, names[one.merged_by]) for one in found]

    def _tell(self, session: AsyncSession, kept: Contact, gone_id: UUID) -> None:
        announce(session, kept.numbers)
        after_commit(session, ContactChanged(kept.id))
        after_commit(session, ContactChanged(gone_id))

    async def _two(self, session: AsyncSession, first: UUID, second: UUID) -> Sequence[Contact]:
        if first == second:
            raise InvalidInputError(fields=[FieldError("gone_id", "These are the same contact.")])
        return [await stored_contact(session, one) for one in (first, second)]


def _merge_out(merge: ContactMerge, merged_by: str) -> MergeOut:
    return MergeOut(
        id=merge.id,
        kept_id=merge.kept_id,
        gone_id=merge.gone_id,
        gone_name=merge.gone_name,
        lost=merge.document["fields"]["lost"],
        merged_by=merged_by,
        merged_at=merge.merged_at,
    )
