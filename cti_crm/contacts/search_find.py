"""What is typed -> the contacts, organisations and notes it may mean, best first.

The database gives candidates by its index, first those spelt as typed, then those that may be meant; how well each fits
is judged here, by the tokens it is found by.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from rapidfuzz.distance import OSA
from sqlalchemy import ColumnElement, cast, column, literal, or_, select, table, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.contacts.models import Contact, Organization, PhoneNumberRow
from cti_crm.contacts.phone_numbers import NumberPlan
from cti_crm.contacts.search_tables import INDEX, SearchEntry, SearchSpelling
from cti_crm.contacts.search_words import (
    BESIDE,
    DIGITS,
    NAME,
    START,
    TEXT,
    keys_of_typed,
    piece_tokens,
    word_token,
    words,
)

CANDIDATES = 200  # looked at in each step
_NEIGHBOURS = 300  # known words looked at for a typed one
_MEANT = 24  # of those, the most that are searched for
_LONG_WORD = 8  # letters from which a word may have two letters wrong
_TERMS = 8  # words of a query that are looked at


class Kind(StrEnum):
    """What can be found."""

    CONTACT = "contact"
    ORGANIZATION = "organization"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Term:
    """One typed word; `piece`: the part of a number it may stand for."""

    word: str
    piece: str | None


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed. A number with blanks in it is one term."""

    terms: tuple[Term, ...]

    @property
    def pieces(self) -> list[str]:
        """The pieces of numbers it may hold."""
        return [term.piece for term in self.terms if term.piece]


@dataclass(frozen=True, slots=True)
class Found:
    """Something found; exactly one id is set. `grade`: how far it is from what was typed; 0 is the very same name."""

    contact_id: UUID | None
    organization_id: UUID | None
    note_id: UUID | None
    grade: float
    sort_name: str


Meant = Mapping[str, Mapping[str, float]]
"""For a typed word the known ones it may stand for, with how far each is from it: 0 to 1."""


def read_query(typed: str, plan: NumberPlan) -> Query:
    """The terms of what was typed. Pure."""
    whole = plan.piece(typed)
    if whole is not None:
        compact = words(typed)
        return Query((Term("".join(compact), whole),))
    terms = [
        Term(word, plan.piece(part) if len(part) > 1 else None)
        for part in typed.split()
        for word in words(part) or ([""] if plan.piece(part) else [])
    ]
    return Query(tuple(dict.fromkeys(terms))[:_TERMS])


async def find(
    session: AsyncSession,
    query: Query,
    kinds: Collection[Kind],
    limit: int,
    *,
    recent: Mapping[UUID, datetime] | None = None,
) -> list[Found]:
    """The best, best first. `recent`: contacts somebody talked with lately; of equals, the latest comes first."""
    if not query.terms:
        return []
    recent = recent or {}
    found: dict[int, Found] = {}
    meant: Meant = {}
    lately = [entry for entry in await _entries_of(session, recent, kinds) if entry is not None]
    for step in _STEPS:
        if step is _guessed:
            meant = {term.word: await _meant(session, term.word) for term in query.terms}
        expression = [_alternatives(step(term, meant)) for term in query.terms]
        if all(expression):
            candidates = [*await _candidates(session, expression, kinds), *lately]
            found |= await _judged(session, [one for one in candidates if one.id not in found], query, meant)
        if len(found) >= limit:
            break
    return sorted(found.values(), key=lambda one: _order(one, recent))[:limit]


def _order(one: Found, recent: Mapping[UUID, datetime]) -> tuple[float, float, bool, str, str]:
    """Of equals: whoever was talked with last, people before firms, by name."""
    at = recent.get(one.contact_id) if one.contact_id else None
    owner = one.contact_id or one.organization_id or one.note_id
    return round(one.grade, 1), -at.timestamp() if at else 0.0, one.contact_id is None, one.sort_name, str(owner)


# -- steps: which tokens a term may stand for --------------------------------------------------------------------------

Alternatives = list[list[str]]
"""Any of these, each of them with all its tokens."""


def _named(term: Term, _meant: Meant) -> Alternatives:
    return [*_spelt(term, NAME), *_number(term)]


def _spelt_anywhere(term: Term, _meant: Meant) -> Alternatives:
    return [*_spelt(term, NAME, BESIDE, TEXT), *_number(term)]


def _guessed(term: Term, meant: Meant) -> Alternatives:
    guesses = [[kind + word] for word in meant.get(term.word, ()) for kind in (NAME, BESIDE)]
    return [*_spelt_anywhere(term, meant), *guesses]


_STEPS = (_named, _spelt_anywhere, _guessed)


def _spelt(term: Term, *kinds: str) -> Alternatives:
    return [[word_token(kind, term.word)] for kind in kinds] if term.word else []


def _number(term: Term) -> Alternatives:
    return [piece_tokens(term.piece)] if term.piece else []


def _alternatives(alternatives: Alternatives) -> Alternatives:
    return [list(one) for one in dict.fromkeys(tuple(one) for one in alternatives)]


# -- candidates --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Entry:
    id: int
    contact_id: UUID | None
    organization_id: UUID | None
    note_id: UUID | None
    tokens: str
    sort_name: str


_entry = (
    select(
        SearchEntry.id,
        SearchEntry.contact_id,
        SearchEntry.organization_id,
        SearchEntry.note_id,
        SearchEntry.tokens,
        Contact.sort_name,
        Organization.sort_name,
    )
    .outerjoin(Contact, Contact.id == SearchEntry.contact_id)
    .outerjoin(Organization, Organization.id == SearchEntry.organization_id)
)
_KEYS = {
    Kind.CONTACT: SearchEntry.contact_id,
    Kind.ORGANIZATION: SearchEntry.organization_id,
    Kind.NOTE: SearchEntry.note_id,
}


async def _candidates(
    session: AsyncSession, expression: Sequence[Alternatives], kinds: Collection[Kind]
) -> list[_Entry]:
    wanted = _of_kinds(kinds)
    if session.get_bind().dialect.name == "sqlite":
        index = table(INDEX, column("rowid"), column(INDEX))
        ids = (
            select(SearchEntry.id)
            .select_from(index)
            .join(SearchEntry, SearchEntry.id == index.c.rowid)
            .where(index.c[INDEX].op("MATCH")(_fts5(expression)), *wanted)
            .limit(CANDIDATES)
        )
    else:
        # The planner may think that so many rows are found sooner by reading the table, which is far from true.
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        match = SearchEntry.tokens.op("@@")(cast(literal(_tsquery(expression)), TSQUERY))
        ids = select(SearchEntry.id).where(match, *wanted).limit(CANDIDATES)
    return await _read(session, SearchEntry.id.in_((await session.execute(ids)).scalars().all()))


async def _entries_of(session: AsyncSession, contacts: Iterable[UUID], kinds: Collection[Kind]) -> list[_Entry]:
    if Kind.CONTACT not in kinds or not contacts:
        return []
    return await _read(session, SearchEntry.contact_id.in_(list(contacts)))


async def _read(session: AsyncSession, condition: ColumnElement[bool]) -> list[_Entry]:
    rows = (await session.execute(_entry.where(condition))).all()
    return [_Entry(row[0], row[1], row[2], row[3], row[4].replace("'", ""), row[5] or row[6] or "") for row in rows]


def _of_kinds(kinds: Collection[Kind]) -> list[ColumnElement[bool]]:
    return [] if set(kinds) == set(Kind) else [or_(*(_KEYS[kind].is_not(None) for kind in kinds))]


def _fts5(expression: Sequence[Alternatives]) -> str:
    """https://sqlite.org/fts5.html#full_text_query_syntax"""

    def spelt(token: str) -> str:
        return f'"{token[:-1]}"*' if token.endswith("*") else f'"{token}"'

    return _expression(expression, spelt, " AND ", " OR ")


def _tsquery(expression: Sequence[Alternatives]) -> str:
    """https://www.postgresql.org/docs/current/datatype-textsearch.html#DATATYPE-TSQUERY"""

    def spelt(token: str) -> str:
        return f"'{token[:-1]}':*" if token.endswith("*") else f"'{token}'"

    return _expression(expression, spelt, " & ", " | ")


def _expression(expression: Sequence[Alternatives], spelt: Callable[[str], str], both: str, either: str) -> str:
    return both.join(
        "(" + either.join("(" + both.join(map(spelt, tokens)) + ")" for tokens in alternatives) + ")"
        for alternatives in expression
    )


# -- what may be meant -------------------------------------------------------------------------------------------------


async def _meant(session: AsyncSession, word: str) -> Mapping[str, float]:
    """Known words that `word` may stand for."""
    keys, beginnings = keys_of_typed(word)
    if not keys:
        return {}
    near = await session.execute(
        select(SearchSpelling.word).where(SearchSpelling.key.in_(keys)).distinct().limit(_NEIGHBOURS)
    )
    known = set(near.scalars())
    for begin in beginnings:
        beginning = SearchSpelling.key.between(begin, begin + "\U0010ffff")
        rows = await session.execute(select(SearchSpelling.word).where(beginning).limit(_NEIGHBOURS))
        known.update(rows.scalars())
    judged = {one: distance for one in known if (distance := distance_of(word, one)) is not None}
    return dict(sorted(judged.items(), key=lambda item: (item[1], item[0]))[:_MEANT])


def distance_of(typed: str, word: str) -> float | None:
    """How far a known word is from what was typed, 0 to 1; None if it cannot be meant. Pure.

    Near is what differs by a letter or two (two exchanged ones count as one), also as far as it is typed yet; then what
    holds it; then what merely sounds alike.
    """
    allowed = 2 if len(typed) >= _LONG_WORD else 1
    whole = OSA.distance(typed, word, score_cutoff=allowed)
    if whole <= allowed:
        return 0.2 * whole
    if typed in word:
        return 0.5
    begun = min(OSA.distance(typed, word[:length]) for length in range(len(typed) - 1, len(typed) + 2))
    if begun <= 1:
        return 0.4
    return 0.6 if typed[0] == word[0] and OSA.normalized_similarity(typed, word) >= 0.4 else None


# -- judging -----------------------------------------------------------------------------------------------------------

# How far a match is from the very name, by where it is; a word of which only the beginning was typed adds a little.
_WHERE = {NAME: 0.0, BESIDE: 2.0, TEXT: 4.0}
_BEGINNING = 1.0
_MISSPELT = 5.0  # and up to 5 more by distance
_PIECE_AT = ((0, 0.5), (3, 1.0))  # a piece at the beginning of a number, or behind its country code
_PIECE_AT_END = 1.5
_PIECE_WITHIN = 2.5
_MORE_WORDS = 0.1  # each word of a name that was not typed; so "Anna Berger" stands before "Anna Maria Berger"


async def _judged(session: AsyncSession, entries: Sequence[_Entry], query: Query, meant: Meant) -> dict[int, Found]:
    digits = await _digits_of(session, entries) if query.pieces else {}
    found: dict[int, Found] = {}
    for entry in entries:
        numbers = digits.get(entry.contact_id or entry.organization_id or entry.note_id, ())
        grade = _grade(entry.tokens.split(), numbers, query, meant)
        if grade is not None:
            found[entry.id] = Found(entry.contact_id, entry.organization_id, entry.note_id, grade, entry.sort_name)
    return found


async def _digits_of(session: AsyncSession, entries: Sequence[_Entry]) -> dict[UUID | None, list[str]]:
    contacts = [entry.contact_id for entry in entries if entry.contact_id]
    firms = [entry.organization_id for entry in entries if entry.organization_id]
    query = select(PhoneNumberRow.contact_id, PhoneNumberRow.organization_id, PhoneNumberRow.digits).where(
        or_(PhoneNumberRow.contact_id.in_(contacts), PhoneNumberRow.organization_id.in_(firms))
    )
    digits: dict[UUID | None, list[str]] = {}
    for contact_id, organization_id, one in await session.execute(query):
        digits.setdefault(contact_id or organization_id, []).append(one)
    return digits


def _grade(tokens: Sequence[str], numbers: Sequence[str], query: Query, meant: Meant) -> float | None:
    """How far something is from what was typed; None if a term is not in it at all."""
    spelt = [token for token in tokens if token[0] not in (START, DIGITS)]
    total = 0.0
    for term in query.terms:
        grades = [_word_grade(token, term.word, meant.get(term.word, {})) for token in spelt] if term.word else []
        if term.piece:
            grades += [_piece_grade(one, term.piece) for one in numbers]
        best = min((grade for grade in grades if grade is not None), default=None)
        if best is None:
            return None
        total += best
    names = sum(token[0] == NAME for token in spelt)
    return total + _MORE_WORDS * max(0, names - len(query.terms))


def _word_grade(token: str, typed: str, meant: Mapping[str, float]) -> float | None:
    word = token[1:]
    where = _WHERE[token[0]]
    if word == typed:
        return where
    if word.startswith(typed):
        return where + _BEGINNING
    if token[0] != TEXT and word in meant:
        return where + _MISSPELT * (1 + meant[word])
    return None


def _piece_grade(digits: str, piece: str) -> float | None:
    place = digits.find(piece)
    if place < 0:
        return None
    for furthest, grade in _PIECE_AT:
        if place <= furthest:
            return grade
    return _PIECE_AT_END if digits.endswith(piece) else _PIECE_WITHIN
