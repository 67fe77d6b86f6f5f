"""What an Asterisk can do with calls when asked: by the acting account's rights, the dialplan and the features."""

from collections.abc import Mapping

from cti_crm.calls.ports import Ability, ControlError, Lack, LackKind
from cti_crm.pbx.asterisk.acting import ActingAccount
from cti_crm.settings import PbxSettings

HOLD_FEATURE = "cti-hold"
"""The feature in [applicationmap] that holds; phones have it by the channel variable DYNAMIC_FEATURES."""
HOLD_CONTEXT = "cti-hold"
"""Where an agent's channel waits while the other side is on hold."""

# An action that is not there needs a module, if it is one of these; any other needs the right `call`.
_MODULES = {"PlayDTMF": "app_senddtmf.so", "Park": "res_parking.so"}
_ACTIONS = {
    Ability.HOLD: ("PlayDTMF",),
    Ability.MUTE: ("Setvar",),
    Ability.TRANSFER: ("BlindTransfer",),
    Ability.CONSULT: ("Atxfer", "CancelAtxfer"),
    Ability.CONFERENCE: ("Atxfer", "PlayDTMF"),
    Ability.PARK: ("Park",),
    Ability.DTMF: ("PlayDTMF",),
}


async def lacks(account: ActingAccount, settings: PbxSettings) -> Mapping[Ability, Lack]:
    """What is not possible at this PBX, and what is missing for it. Where it cannot be asked: everything."""
    try:
        found = await _missing_actions(account)
        for ability, lack in (await _missing_settings(account, settings)).items():
            found.setdefault(ability, lack)
    except ControlError:
        return dict.fromkeys(Ability, Lack(LackKind.LINK))
    return found


async def _missing_actions(account: ActingAccount) -> dict[Ability, Lack]:
    may = await account.do("ListCommands", {})
    found = {}
    for ability, actions in _ACTIONS.items():
        missing = next((one for one in actions if one not in may), None)
        if missing is not None:
            module = _MODULES.get(missing) if "BlindTransfer" in may else None
            found[ability] = Lack(LackKind.MODULE, module) if module else Lack(LackKind.RIGHT, "call")
    return found


async def _missing_settings(account: ActingAccount, settings: PbxSettings) -> dict[Ability, Lack]:
    found: dict[Ability, Lack] = {}
    for context, abilities in {
        settings.transfer_context: (Ability.TRANSFER, Ability.CONSULT, Ability.CONFERENCE),
        settings.pickup_context: (Ability.PICK_UP,),
        HOLD_CONTEXT: (Ability.HOLD,),
    }.items():
        exists = await account.read(f"DIALPLAN_EXISTS({context})")
        if exists != "1":
            lack = Lack(LackKind.CONTEXT, context) if exists == "0" else Lack(LackKind.MODULE, "func_dialplan.so")
            found |= dict.fromkeys(abilities, lack)
    if not await account.read("FEATUREMAP(atxfer)"):
        for ability in (Ability.CONSULT, Ability.CONFERENCE):
            found.setdefault(ability, Lack(LackKind.FEATURE, "atxfer"))
    if not await account.read("FEATURE(atxferthreeway)"):
        found.setdefault(Ability.CONFERENCE, Lack(LackKind.FEATURE, "atxferthreeway"))
    return found
