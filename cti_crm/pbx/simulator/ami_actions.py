"""What the AMI actions answer: lists taken from the model at that very moment, Originate, Hangup."""

import asyncio
import re
import time
from collections.abc import Callable, Iterable

from cti_crm.pbx.simulator import call_actions
from cti_crm.pbx.simulator.ami_server import Headers, Session
from cti_crm.pbx.simulator.call_actions import CallActions
from cti_crm.pbx.simulator.click_to_dial import OriginateRequest, Origination
from cti_crm.pbx.simulator.events import Fields, bridge_fields, channel_fields, member_fields, packet, parked_fields
from cti_crm.pbx.simulator.model import Channel, QueueState
from cti_crm.pbx.simulator.queue_members import QueueActions
from cti_crm.pbx.simulator.switch import Switch

Waiting = asyncio.Future[None] | None
Handler = Callable[[Session, Headers], Waiting]
Item = tuple[str, Fields]

# Device states as PJSIPShowEndpoints words them.
_STATE_TEXTS = {"NOT_INUSE": "Not in use", "INUSE": "In use", "BUSY": "Busy", "RINGING": "Ringing", "ONHOLD": "On Hold"}
_ACTION_NAMES = {
    name.lower(): name
    for name in (
        *("Ping", "Events", "CoreShowChannels", "CoreSettings", "CoreStatus", "QueueStatus", "ParkedCalls"),
        *(
            "DeviceStateList",
            "BridgeList",
            "PJSIPShowEndpoints",
            "ListCommands",
            "ShowDialPlan",
            "Originate",
            "Hangup",
            "Getvar",
            "QueueAdd",
            "QueueRemove",
            "QueuePause",
            "BlindTransfer",
            "Atxfer",
            "CancelAtxfer",
            "Park",
            "PlayDTMF",
            "Setvar",
        ),
    )
}
_CALLER_ID = re.compile(r'^\s*"?(?P<name>[^"<]*?)"?\s*<(?P<number>[^>]*)>\s*$')


class Actions:
    """The actions by name, with the rights (any of them; none means everyone) that Asterisk 22 asks for.

    originate: starts a click-to-dial; the future ends when our own phone answered or did not.
    extra_channels: list entries of calls the model does not hold (the load generator's).
    """

    def __init__(
        self,
        switch: Switch,
        originate: Callable[[OriginateRequest], tuple[Origination, asyncio.Task[None]]],
        extra_channels: Callable[[], Iterable[Fields]],
        calls: CallActions,
    ) -> None:
        self._switch = switch
        self._originate = originate
        self._extra_channels = extra_channels
        self._calls = calls
        reporting = frozenset({"system", "reporting"})
        self._handlers: dict[str, tuple[frozenset[str], Handler]] = {
            "ping": (frozenset(), self._ping),
            "events": (frozenset(), self._events),
            "coreshowchannels": (reporting, self._channels),
            "coresettings": (reporting, self._core_settings),
            "corestatus": (reporting, self._core_status),
            "queuestatus": (frozenset(), self._queue_status),
            "parkedcalls": (frozenset(), self._parked_calls),
            "devicestatelist": (frozenset({"call", "reporting"}), self._device_states),
            "bridgelist": (frozenset(), self._bridges),
            "pjsipshowendpoints": (frozenset({"system"}), self._endpoints),
            "listcommands": (frozenset(), self._list_commands),
            "getvar": (frozenset({"call", "reporting"}), self._getvar),
            "showdialplan": (frozenset({"config", "reporting"}), self._dialplan),
            "originate": (frozenset({"originate"}), self._do_originate),
            "hangup": (frozenset({"system", "call"}), self._hangup),
            **{name.lower(): (call_actions.RIGHTS, handler) for name, handler in calls.handlers.items()},
            **QueueActions(switch).handlers(),
        }

    def __call__(self, session: Session, headers: Headers) -> Waiting:
        """Do what a signed-in user asks."""
        rights, handler = self._handlers.get(headers["action"].lower(), (frozenset[str](), None))
        if handler is None:
            session.reply(headers, "Error", "Invalid/unknown command")
        elif session.user is None or (rights and not rights & session.user.write):
            session.reply(headers, "Error", "Permission denied")
        else:
            return handler(session, headers)
        return None

    def _getvar(self, session: Session, headers: Headers) -> None:
        """Of endpoints only what the doctor asks: that the line takes no number of its callers."""
        known = {"PJSIP_ENDPOINT(trunk,context)": "from-trunk", "PJSIP_ENDPOINT(trunk,callerid)": "<unknown>"}
        variable, channel = headers.get("variable", ""), headers.get("channel", "")
        value = known.get(variable) or self._calls.variable(variable, channel)
        session.reply(headers, "Success", "", ("Variable", variable), ("Value", value))

    def _list(self, session: Session, headers: Headers, message: str, end: str, items: list[Item], *more: str) -> None:
        action_id = [("ActionID", headers["actionid"])] if headers.get("actionid") else []
        session.reply(headers, "Success", message, ("EventList", "start"))
        for name, fields in items:
            session.send(packet((("Event", name),), action_id, fields))
        total = [(one, str(len(items))) for one in more]
        complete = (("EventList", "Complete"), ("ListItems", str(len(items))))
        session.send(packet((("Event", end),), action_id, complete, total))

    # -- small ones

    def _ping(self, session: Session, headers: Headers) -> None:
        session.reply(headers, "Success", "", ("Ping", "Pong"), ("Timestamp", f"{self._switch.clock.now():.6f}"))

    def _events(self, session: Session, headers: Headers) -> None:
        mask = headers.get("eventmask", "off").lower()
        read = session.user.read if session.user else frozenset()
        if mask in ("off", "false", "no", "0", "none"):
            session.events = frozenset()
        elif mask in ("on", "true", "yes", "1", "all"):
            session.events = read
        else:
            session.events = read & {one.strip() for one in mask.split(",")}
        session.reply(headers, "Success", "", ("Events", "On" if session.events else "Off"))

    def _core_settings(self, session: Session, headers: Headers) -> None:
        session.reply(
            headers,
            "Success",
            "",
            ("AMIversion", "11.0.0"),
            ("AsteriskVersion", "22.10.1"),
            ("SystemName", ""),
            ("CoreMaxCalls", "0"),
            ("CoreMaxLoadAvg", "0.000000"),
            ("CoreRunUser", ""),
            ("CoreRunGroup", ""),
            ("CoreMaxFilehandles", "0"),
            ("CoreRealTimeEnabled", "No"),
            ("CoreCDRenabled", "Yes"),
            ("CoreHTTPenabled", "No"),
            ("SoundsSearchCustomDir", "No"),
        )

    def _core_status(self, session: Session, headers: Headers) -> None:
        started = time.localtime(self._switch.model.started)
        date, clock = time.strftime("%Y-%m-%d", started), time.strftime("%H:%M:%S", started)
        session.reply(
            headers,
            "Success",
            "",
            ("CoreStartupDate", date),
            ("CoreStartupTime", clock),
            ("CoreReloadDate", date),
            ("CoreReloadTime", clock),
            ("CoreCurrentCalls", str(len(self._switch.model.channels))),
        )

    def _list_commands(self, session: Session, headers: Headers) -> None:
        """Only what this user may do, as in Asterisk."""
        write = session.user.write if session.user else frozenset()
        may = [(name, rights) for name, (rights, _) in self._handlers.items() if not rights or rights & write]
        names = [(_ACTION_NAMES[name], f"(Priv: {','.join(sorted(rights)) or '<none>'})") for name, rights in may]
        session.reply(headers, "Success", "", *names)

    # -- lists

    def _channels(self, session: Session, headers: Headers) -> None:
        now = self._switch.clock.now()
        items = [("CoreShowChannel", channel_item(one, now)) for one in self._switch.model.channels.values()]
        items += [("CoreShowChannel", fields) for fields in self._extra_channels()]
        self._list(session, headers, "Channels will follow", "CoreShowChannelsComplete", items)

    def _queue_status(self, session: Session, headers: Headers) -> None:
        wanted = headers.get("queue", "")
        items: list[Item] = []
        for name, queue in self._switch.model.queues.items():
            if wanted in ("", name):
                items += self._queue_items(queue)
        action_id = headers.get("actionid")
        # app_queue writes the ActionID last, not second.
        session.reply(headers, "Success", "Queue status will follow", ("EventList", "start"))
        tail = [("ActionID", action_id)] if action_id else []
        for name, fields in items:
            session.send(packet((("Event", name),), fields, tail))
        complete = (("EventList", "Complete"), ("ListItems", str(len(items))))
        session.send(packet((("Event", "QueueStatusComplete"),), tail, complete))

    def _queue_items(self, queue: QueueState) -> list[Item]:
        now, model = self._switch.clock.now(), self._switch.model
        params = [
            ("Queue", queue.plan.name),
            ("Max", "0"),
            ("Strategy", queue.plan.strategy),
            ("Calls", str(len(queue.waiting))),
            ("Holdtime", "0"),
            ("TalkTime", "0"),
            ("Completed", str(queue.completed)),
            ("Abandoned", str(queue.abandoned)),
            ("ServiceLevel", "0"),
            ("ServicelevelPerf", "0.0"),
            ("ServicelevelPerf2", "0.0"),
            ("Weight", "0"),
        ]
        items: list[Item] = [("QueueParams", params)]
        for member in queue.members:
            state = model.device_state(member.device)
            items.append(("QueueMember", member_fields(queue, member, state, listed=True)))
        for position, entry in enumerate(queue.waiting, 1):
            caller = channel_fields(entry.channel)[3:7]  # CallerID and ConnectedLine, number and name
            place = [("Queue", queue.plan.name), ("Position", str(position)), ("Channel", entry.channel.name)]
            rest = [("Wait", str(int(now - entry.joined))), ("Priority", "0")]
            items.append(("QueueEntry", [*place, ("Uniqueid", entry.channel.uniqueid), *caller, *rest]))
        return items

    def _parked_calls(self, session: Session, headers: Headers) -> None:
        now = self._switch.clock.now()
        items = [
            ("ParkedCall", channel_fields(parked.channel, "Parkee") + parked_fields(parked, now))
            for parked in self._switch.model.parked.values()
        ]
        self._list(session, headers, "Parked calls will follow", "ParkedCallsComplete", items, "Total")

    def _device_states(self, session: Session, headers: Headers) -> None:
        states = self._switch.model.device_states()
        items = [("DeviceStateChange", [("Device", device), ("State", state)]) for device, state in states.items()]
        message = "Device State Changes will follow"
        self._list(session, headers, message, "DeviceStateListComplete", items)

    def _bridges(self, session: Session, headers: Headers) -> None:
        items = [("BridgeListItem", bridge_fields(bridge)) for bridge in self._switch.model.bridges.values()]
        self._list(session, headers, "Bridge listing will follow", "BridgeListComplete", items)

    def _endpoints(self, session: Session, headers: Headers) -> None:
        model = self._switch.model
        devices = [device.interface for device in model.office.devices] + [model.office.trunk]
        items: list[Item] = []
        for device in devices:
            name, channels = device.partition("/")[2], list(model.device_channels(device))
            fields = [
                ("ObjectType", "endpoint"),
                ("ObjectName", name),
                ("Transport", "udp"),
                ("Aor", name),
                ("Auths", ""),
                ("OutboundAuths", ""),
                ("Contacts", f"{name}/sip:{name}@127.0.0.1,"),
                ("DeviceState", _STATE_TEXTS.get(model.device_state(device), "In use")),
                ("ActiveChannels", ",".join(channel.name for channel in channels)),
            ]
            items.append(("EndpointList", fields))
        message = "A listing of Endpoints follows, presented as EndpointList events"
        self._list(session, headers, message, "EndpointListComplete", items)

    def _dialplan(self, session: Session, headers: Headers) -> None:
        context = headers.get("context", "")
        if context not in ("", *self._switch.office.contexts):
            session.reply(headers, "Error", "Did not find context " + context)
            return
        contexts = [context] if context else self._switch.office.contexts
        end = [("Priority", "1"), ("Application", "Dial"), ("AppData", ""), ("Registrar", "pbx_config")]
        items = [("ListDialplan", [("Context", one), ("Extension", "_X."), *end]) for one in contexts]
        more = ("ListExtensions", "ListPriorities", "ListContexts")
        self._list(session, headers, "DialPlan list will follow", "ShowDialPlanComplete", items, *more)

    # -- deeds

    def _do_originate(self, session: Session, headers: Headers) -> Waiting:
        if not headers.get("channel"):
            session.reply(headers, "Error", "Channel not specified")
            return None
        if not (headers.get("exten") and headers.get("priority")) or (
            headers.get("context") not in self._switch.office.contexts
        ):
            session.reply(headers, "Error", "Extension does not exist.")
            return None
        timeout = headers.get("timeout") or "30000"
        if not timeout.isdecimal():
            session.reply(headers, "Error", "Invalid timeout")
            return None
        caller_id = _CALLER_ID.match(headers.get("callerid", ""))
        request = OriginateRequest(
            channel=headers["channel"],
            exten=headers["exten"],
            context=headers["context"],
            action_id=headers.get("actionid", ""),
            caller_number=caller_id["number"] if caller_id else headers.get("callerid", ""),
            caller_name=caller_id["name"] if caller_id else "",
            channel_id=headers.get("channelid", ""),
            timeout=int(timeout) / 1000,
        )
        if headers.get("async", "").lower() in ("true", "yes", "1", "on", "y", "t"):
            session.reply(headers, "Success", "Originate successfully queued")
            self._originate(request)
            return None
        origination, ringing = self._originate(request)

        def answer(_: object) -> None:
            if origination.call is not None:
                session.reply(headers, "Success", "Originate successfully queued")
            else:
                session.reply(headers, "Error", "Originate failed")

        ringing.add_done_callback(answer)
        return ringing

    def _hangup(self, session: Session, headers: Headers) -> None:
        wanted = headers.get("channel", "")
        if not wanted:
            session.reply(headers, "Error", "No channel specified")
            return
        channels = [one for one in self._switch.model.channels.values() if _matches(one, wanted)]
        if not channels:
            session.reply(headers, "Error", "No such channel")
            return
        session.reply(headers, "Success", "Channel Hungup")
        for channel in channels:
            channel.owner.clear(channel)


def _matches(channel: Channel, wanted: str) -> bool:
    """Asterisk takes a channel's name, its Uniqueid, or between slashes a regular expression for names."""
    if len(wanted) > 1 and wanted.startswith("/") and wanted.endswith("/"):
        try:
            return re.search(wanted[1:-1], channel.name) is not None
        except re.error:
            return False
    return wanted in (channel.name, channel.uniqueid)


def channel_item(channel: Channel, now: float) -> Fields:
    """A channel as CoreShowChannels lists it at `now` (seconds since 1970)."""
    minutes, seconds = divmod(int(now - channel.began), 60)
    hours, minutes = divmod(minutes, 60)
    return [
        *channel_fields(channel),
        ("Application", channel.application),
        ("ApplicationData", channel.data),
        ("Duration", f"{hours:02d}:{minutes:02d}:{seconds:02d}"),
        ("BridgeId", channel.bridge.id if channel.bridge else ""),
    ]
