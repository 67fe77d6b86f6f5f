"""For developers: `python -m cti_crm.migrations 0002 "Add offers"` writes a migration; read it before committing it."""

import asyncio
import sys
import tempfile
from pathlib import Path

from cti_crm.infrastructure.database import Database
from cti_crm.migrations.store import upgrade, write_revision


async def main(revision: str, message: str) -> None:
    """Compare the models with what the migrations so far make of an empty database."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite+aiosqlite:///{Path(folder) / 'store.db'}")
        try:
            await upgrade(database)
            await write_revision(database, message, revision)
        finally:
            await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:3]))
