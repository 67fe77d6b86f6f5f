"""Process of the bench: the PBX simulator. It answers {rate, seconds, ring, talk} when the last call has ended."""

import asyncio
import sys
from typing import Any

from cti_crm.pbx.simulator import Device, Simulator
from tests.load.children import obey, tell

FIRST_EXTENSION = 1000


def extension(index: int) -> str:
    return str(FIRST_EXTENSION + index)


async def main(phones: int) -> None:
    devices = [Device(extension(index), f"Agent {index}") for index in range(phones)]
    async with Simulator(devices=devices) as pbx:
        tell(port=pbx.port)

        async def act(wish: dict[str, Any]) -> dict[str, Any]:
            calls = await pbx.burst(wish["rate"], wish["seconds"], ring=wish["ring"], talk=wish["talk"])
            return {"rang": {call.uniqueid: call.rang for call in calls}}

        await obey(act)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
