"""Calls that want to be called back at the caller's profit ("Wangiri"): how they look. Pure.

A hint, not a verdict: what is marked here is called back only after a question. Who is known, and whose conversation
with us the log has, is never marked.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SHORT_RING = timedelta(seconds=6)  # one ring: European ringing tones repeat every 4 to 6 seconds (ITU-T E.180)
SWEEP = timedelta(minutes=10)
SWEPT_NUMBERS = 3


class LureReason(StrEnum):
    """What is odd about a caller; the browser has the words."""

    COSTLY_NUMBER = "costly_number"  # premium or shared-cost number, or a network of no country
    STRANGE_COUNTRY = "strange_country"  # abroad, and nobody here ever talked with that country
    SINGLE_RING = "single_ring"  # rang once and was gone
    SEVERAL_NUMBERS = "several_numbers"  # tried several of our numbers within minutes


@dataclass(frozen=True, slots=True)
class Ring:
    """A missed call as a lure is judged by: which number of ours, when, and how long the caller waited."""

    at: datetime
    called: str | None
    waited: timedelta


@dataclass(frozen=True, slots=True)
class Background:
    """What is known of the number. `abroad`, `costly` as in `phone_numbers.Origin`.

    known: the caller is a contact or an organisation of ours; talked_with_country: anybody here ever talked with a
    number of that country, in either direction.
    """

    abroad: bool
    costly: bool
    known: bool
    talked_with_country: bool


def judge(rings: Collection[Ring], background: Background) -> tuple[LureReason, ...]:
    """Why these calls of one number look like a lure; empty if they do not.

    A costly number is reason enough. Else it takes a country with which nobody here ever talked, and a caller who rang
    once only, each time, or who tried several of our numbers in a row.
    """
    if background.known or not rings:
        return ()
    signs = [LureReason.COSTLY_NUMBER] if background.costly else []
    if background.abroad and not background.talked_with_country:
        signs.append(LureReason.STRANGE_COUNTRY)
    if not signs:
        return ()
    behaviour = []
    if all(ring.waited <= SHORT_RING for ring in rings):
        behaviour.append(LureReason.SINGLE_RING)
    if _swept(rings):
        behaviour.append(LureReason.SEVERAL_NUMBERS)
    return (*signs, *behaviour) if background.costly or behaviour else ()


def _swept(rings: Collection[Ring]) -> bool:
    for first in rings:
        together = {ring.called for ring in rings if ring.called and first.at <= ring.at <= first.at + SWEEP}
        if len(together) >= SWEPT_NUMBERS:
            return True
    return False
