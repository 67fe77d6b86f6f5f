"""Process of the bench: the service itself, as `cti-crm serve` runs it."""

import asyncio
import gc
import sys
from datetime import timedelta
from typing import Any

from cti_crm.app import running
from cti_crm.calls.tracking import registry
from cti_crm.infrastructure.interpreter import keep_tidy, run, settle
from cti_crm.infrastructure.logging import set_up_logging
from cti_crm.settings import LogSettings, Settings
from tests.load.children import obey, tell


async def main(settings: Settings) -> None:
    set_up_logging(LogSettings(level="error"))
    async with running(settings) as service:
        settle()
        tidying = asyncio.create_task(keep_tidy(service.at_rest))
        tell(url=service.url)

        async def act(wish: dict[str, Any]) -> dict[str, Any]:
            match wish["do"]:
                case "flush":
                    await service.calls_written()
                case "collect":
                    gc.collect()
                    return {"objects": len(gc.get_objects())}
                case "remember":
                    registry.REMEMBER_ENDED = timedelta(seconds=wish["seconds"])
            return {}

        await obey(act)
        tidying.cancel()


if __name__ == "__main__":
    run(main(Settings.model_validate_json(sys.argv[1])))
