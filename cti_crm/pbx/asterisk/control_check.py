"""What `cti-crm doctor` finds wrong about call control, and what to change for it."""

from cti_crm.calls.ports import Ability, Lack, LackKind
from cti_crm.pbx.asterisk.abilities import lacks
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


async def complaints(account: ActingAccount, settings: PbxSettings) -> list[Complaint]:
    """What agents cannot do from the page. Not seen: modules and variables that no AMI user can ask for."""
    missing: dict[Lack, list[Ability]] = {}
    for ability, lack in (await lacks(account, settings)).items():
        missing.setdefault(lack, []).append(ability)
    return [
        (f"From the page agents cannot {', '.join(_WORDS[one] for one in abilities)}", _advice(lack, settings))
        for lack, abilities in missing.items()
    ]


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
