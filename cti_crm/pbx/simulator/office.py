"""The fixed plan of the simulated PBX: phones, queues, ring groups, outside numbers, AMI users."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Device:
    """A phone. `mailbox` switches voicemail on for its extension when nobody answers."""

    extension: str
    name: str
    mailbox: bool = False

    @property
    def interface(self) -> str:
        """The name Asterisk gives it, e.g. `PJSIP/101`."""
        return f"PJSIP/{self.extension}"


@dataclass(frozen=True, slots=True)
class QueuePlan:
    """A queue; `ringall` rings all free members at once, `rrmemory` one after another.

    members: those of the configuration; signed_in: those who came by themselves.
    answers_first: the PBX answers the caller before the wait begins.
    """

    extension: str
    name: str
    members: tuple[str, ...]
    strategy: str = "ringall"
    answers_first: bool = True
    signed_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AmiUser:
    """Who may sign in, with the classes of events to see (`read`) and of actions to use (`write`)."""

    name: str
    secret: str
    read: frozenset[str] = frozenset()
    write: frozenset[str] = frozenset()


DEFAULT_USERS = (
    AmiUser(
        "cti",
        "cti-secret",
        read=frozenset({"system", "call", "agent", "user", "dtmf"}),
        write=frozenset({"reporting"}),
    ),
    AmiUser("cti-originate", "originate-secret", write=frozenset({"originate", "call", "agent"})),
)

DEFAULT_DEVICES = (
    Device("101", "Anna Adler"),
    Device("102", "Bernd Busch"),
    Device("103", "Clara Cohn"),
    Device("104", "David Dorn"),
    Device("105", "Eva Ernst", mailbox=True),
    Device("106", "Fritz Funk"),
)

DEFAULT_QUEUES = (
    QueuePlan("200", "support", ("101", "102")),
    QueuePlan("201", "sales", ("103", "104"), strategy="rrmemory", answers_first=False),
    QueuePlan("202", "service", (), signed_in=("104",)),
)


@dataclass(frozen=True, slots=True)
class Office:
    """What stands behind which extension.

    did_prefix: an outside number of ours is this followed by the extension.
    contexts: where Originate may go on.
    """

    devices: tuple[Device, ...] = DEFAULT_DEVICES
    queues: tuple[QueuePlan, ...] = DEFAULT_QUEUES
    ring_groups: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"300": ("101", "102")})
    trunk: str = "PJSIP/trunk"
    did_prefix: str = "+49305550"
    contexts: tuple[str, ...] = ("office", "outside", "cti-outbound", "cti-transfer", "cti-pickup", "cti-hold")
    pickup_context: str = "cti-pickup"
    parking_extension: str = "700"
    parking_slots: tuple[str, ...] = ("701", "702", "703", "704", "705")

    def device(self, extension: str) -> Device | None:
        """The phone with this extension."""
        return next((device for device in self.devices if device.extension == extension), None)

    def queue(self, extension: str) -> QueuePlan | None:
        """The queue with this extension."""
        return next((queue for queue in self.queues if queue.extension == extension), None)

    def phones(self, extension: str) -> tuple[Device, ...]:
        """The phones that ring for an extension or a ring group; none for queues and outside numbers."""
        wanted = self.ring_groups.get(extension, (extension,))
        return tuple(device for one in wanted if (device := self.device(one)) is not None)

    def extension(self, dialled: str) -> str:
        """Our extension behind a number called from outside; the number itself if it is none of ours."""
        return dialled.removeprefix(self.did_prefix)

    def is_outside(self, number: str) -> bool:
        """Whether a number dialled in the office leads to the trunk."""
        return not self.phones(number) and self.queue(number) is None
