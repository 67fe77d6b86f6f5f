from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.event_bus.memory import MemoryEventBus
from tests.crm_setup import Crm


@pytest.fixture
def crm(database: Database, bus: MemoryEventBus) -> Crm:
    return Crm(database, bus)


@pytest.fixture
def statements(database: Database) -> Iterator[list[str]]:
    """The SQL that is sent."""
    sent: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", keep)
    yield sent
    event.remove(database.engine.sync_engine, "before_cursor_execute", keep)
