import pytest

from cti_crm.infrastructure.database import Database
from cti_crm.infrastructure.event_bus.memory import MemoryEventBus
from tests.crm_setup import Crm


@pytest.fixture
def crm(database: Database, bus: MemoryEventBus) -> Crm:
    return Crm(database, bus)
