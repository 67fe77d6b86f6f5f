"""What `cti-crm doctor` finds wrong about call control, and what to change for it."""

from collections.abc import Iterable

from cti_crm.calls.ports import Ability, ControlError, Lack, LackKind
from cti_crm.pbx.asterisk.abilities import HOLD_FEATURE, lacks
from cti_crm.pbx.asterisk.acting import ActingAccount
from cti_crm.settings import PbxSettings

Complaint = tuple[str, str]
"""What is wrong, and what to change."""

_WORDS = {
    Ability.HOLD: "hold",
    Ability.MUTE: "mute",
    Ability.TRANSFER: "hand over calls",
    Ability.CONSULT: "ask colleagues before handing over",
    Ability.CONFERENCE: "bring in a third",
    Ability.PARK: "park",
    Ability.PICK_UP: "pick up and fetch calls",
    Ability.DTMF: "send keys",
}


async def complaints(account: ActingAccount, settings: PbxSettings, devices: Iterable[str]) -> list[Complaint]:
    """What agents cannot do from the page. `devices`: their phones, such as "PJSIP/101"."""
    missing: dict[Lack, list[Ability]] = {}
    for ability, lack in (await lacks(account, settings)).items():
        missing.setdefault(lack, []).append(ability)
    found = [
        (f"From the page agents cannot {', '.join(_WORDS[one] for one in abilities)}", _advice(lack, settings))
        for lack, abilities in missing.items()
    ]
    if not any(lack.kind is LackKind.LINK for lack in missing) and (unable := await _cannot_hold(account, devices)):
        advice = f"Give these endpoints `set_var = DYNAMIC_FEATURES={HOLD_FEATURE}` in pjsip.conf."
        found.append((f"Phones that cannot be put on hold from the page: {', '.join(unable)}", advice))
    return found


def _advice(lack: Lack, settings: PbxSettings) -> str:
    username = settings.originate_username or settings.username
    match lack.kind:
        case LackKind.RIGHT:
            return f"In manager.conf [{username}] needs `{lack.name}` under `write`."
        case LackKind.CONTEXT:
            return f"Add the context [{lack.name}] to extensions.conf: see docs/asterisk.md."
        case LackKind.MODULE:
            return f"Load {lack.name} in modules.conf."
        case LackKind.FEATURE:
            return f"Set `{lack.name}` in features.conf."
        case LackKind.LINK:
            return "The questions about it were not answered: see above."


async def _cannot_hold(account: ActingAccount, devices: Iterable[str]) -> list[str]:
    """Of the phones whose settings may be asked for, those without the feature. PJSIP_ENDPOINT gives ""  for others."""
    unable: list[str] = []
    for device in sorted(devices):
        technology, _, name = device.partition("/")
        if technology != "PJSIP" or not name.isalnum():
            continue
        try:
            if not await account.read(f"PJSIP_ENDPOINT({name},context)"):
                continue
            variables = await account.read(f"PJSIP_ENDPOINT({name},set_var)")
        except ControlError:
            return unable
        if HOLD_FEATURE not in variables:
            unable.append(device)
    return unable
