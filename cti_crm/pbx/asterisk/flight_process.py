"""The process that writes what a flight recorder hears: so the service's own has no work with it.

Its input is a socket: first `Orders`, then lists of records, each answered by `Written`. It ends when the other end is
closed, in whatever way the service ended.
"""

import os
import signal
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeAlias

from cti_crm.pbx.asterisk.flight_files import FlightFiles, RecorderLimits, Written
from cti_crm.pbx.asterisk.stream_file import Mark, StreamRecord

_NICENESS = 10

Heard: TypeAlias = tuple[float, str, Mark | None]
"""A record on its way: `t` in seconds since 1970, `raw`, `mark`."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What `FlightFiles` wants to know."""

    folder: Path
    pbx: str
    limits: RecorderLimits
    mask: bool
    signed_in: str = ""


def write_for(service: Connection) -> None:
    """Write what comes, until nothing more can come."""
    try:
        orders: Orders = service.recv()
        files = FlightFiles(orders.folder, orders.pbx, orders.limits, mask=orders.mask, signed_in=orders.signed_in)
        with files:
            while True:
                heard: list[Heard] = service.recv()
                written: Written = files.write(StreamRecord(*one) for one in heard)
                service.send(written)
    except (EOFError, OSError):
        return  # the service is gone


def main() -> None:
    """Of the process."""
    # They are sent to all processes of a service; what it says last is still to be written.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.SIG_IGN)
    os.nice(_NICENESS)
    with Connection(0) as service:
        write_for(service)


if __name__ == "__main__":
    main()
