"""A small PBX that speaks AMI over TCP: the demo, the load bench and the tests connect to it as to any Asterisk."""

from cti_crm.pbx.simulator.burst import BurstCall
from cti_crm.pbx.simulator.calls import Call
from cti_crm.pbx.simulator.click_to_dial import Origination
from cti_crm.pbx.simulator.clock import Clock, SpeedClock
from cti_crm.pbx.simulator.dialling import CallOverError
from cti_crm.pbx.simulator.office import AmiUser, Device, Office, QueuePlan
from cti_crm.pbx.simulator.phones import Habits, People, Reaction
from cti_crm.pbx.simulator.simulator import Simulator
from cti_crm.pbx.simulator.traffic import Caller, Traffic

__all__ = [
    "AmiUser",
    "BurstCall",
    "Call",
    "CallOverError",
    "Caller",
    "Clock",
    "Device",
    "Habits",
    "Office",
    "Origination",
    "People",
    "QueuePlan",
    "Reaction",
    "Simulator",
    "SpeedClock",
    "Traffic",
]
