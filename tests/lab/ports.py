"""Port numbers for one test PBX and its people: a block of its own, so that several labs run beside each other."""

import fcntl
import itertools
import socket
from dataclasses import dataclass, field
from typing import IO

from tests.lab.asterisk_root import cache_folder

# Below Linux' ephemeral ports (32768 on), so that no outgoing connection takes one of ours meanwhile.
_FIRST = 20_000
_BLOCK = 600
_BLOCKS = 20


@dataclass(frozen=True, slots=True)
class PortBlock:
    """600 ports held by a file lock until `release` (or the end of this process).

    asterisk_rtp: (first, last) UDP ports for audio.
    """

    first: int
    _lock: IO[str]
    _placed: "itertools.cycle[int]" = field(init=False)
    _media: "itertools.cycle[int]" = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_placed", itertools.cycle(range(self.first + 40, self.first + 200)))
        object.__setattr__(self, "_media", itertools.cycle(range(self.first + 400, self.first + 600, 4)))

    @property
    def sip(self) -> int:
        return self.first

    @property
    def ami(self) -> int:
        return self.first + 1

    @property
    def trunk(self) -> int:
        """Where the outside world (the provider) listens."""
        return self.first + 2

    def phone(self, extension: str, device: int = 0) -> int:
        """Where the `device`-th phone (0, 1) of an extension 101..109 listens."""
        return self.first + 10 + int(extension) - 100 + 10 * device

    def next_placed(self) -> int:
        """A port for an actor that places a call; comes again after 160 calls."""
        return next(self._placed)

    @property
    def asterisk_rtp(self) -> tuple[int, int]:
        return self.first + 200, self.first + 399

    def next_media(self) -> int:
        """A port for an actor's audio (SIPp takes that and the two behind it); comes again after 50 actors."""
        return next(self._media)

    def release(self) -> None:
        self._lock.close()


def take_ports() -> PortBlock:
    """The first block that no other lab holds and whose main ports are free. Raises RuntimeError if there is none."""
    folder = cache_folder() / "ports"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(_BLOCKS):
        lock = (folder / str(number)).open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        block = PortBlock(_FIRST + number * _BLOCK, lock)
        if _free(block):
            return block
        block.release()
    raise RuntimeError(f"all {_BLOCKS} port blocks of the lab are taken")


def _free(block: PortBlock) -> bool:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as ami:
            ami.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            ami.bind(("127.0.0.1", block.ami))
        for port in (block.sip, block.trunk, *(block.phone(str(phone)) for phone in range(101, 107))):
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                udp.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True
