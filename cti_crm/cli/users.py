"""`cti-crm user ...` and `cti-crm token ...`."""

import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from cti_crm.accounts.models import User
from cti_crm.accounts.passwords import MIN_LENGTH
from cti_crm.accounts.service import AccountService
from cti_crm.agents.models import Agent
from cti_crm.agents.service import AgentService, Device
from cti_crm.cli.common import ConfigOption, err, in_transaction, out, read_settings
from cti_crm.infrastructure.errors import InvalidInputError
from cti_crm.infrastructure.http.principal import Role
from cti_crm.settings import Settings

users = typer.Typer(help="People who sign in.", no_args_is_help=True)
tokens = typer.Typer(help="Bearer tokens for scripts.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name they sign in with.")]
PasswordStdinOption = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
ExtensionOption = Annotated[str | None, typer.Option(help="What colleagues dial to reach them, such as 101.")]
DeviceOption = Annotated[
    list[str] | None,
    typer.Option(help="Their phone as the PBX names it, such as PJSIP/101. May be repeated; the first dials by click."),
]
TeamOption = Annotated[str | None, typer.Option(help="Their team; colleagues are shown by it, queues may know it.")]
PbxOption = Annotated[str | None, typer.Option(help="The PBX of the phones, if there are several.")]


@users.command("add")
def add_user(
    name: NameArgument,
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.AGENT,
    display_name: Annotated[str, typer.Option("--display-name", help="The name colleagues see.")] = "",
    extension: ExtensionOption = None,
    device: DeviceOption = None,
    team: TeamOption = None,
    pbx: PbxOption = None,
    password_stdin: PasswordStdinOption = False,
    config: ConfigOption = None,
) -> None:
    """Add a user; with an extension and a device they are an agent, who takes calls."""
    settings = read_settings(config)
    phones = _phones(settings, extension, device, pbx)
    password = _password(from_stdin=password_stdin)

    async def work(session: AsyncSession) -> None:
        user = await AccountService().add_user(
            session, username=name, password=password, role=role, display_name=display_name
        )
        if extension is not None:
            await AgentService().set(session, user.id, extension, phones, team)

    in_transaction(settings, work)
    out.print(f"{name} may sign in now.", markup=False)


@users.command("phone")
def set_phone(
    name: NameArgument,
    extension: Annotated[str, typer.Option(help="What colleagues dial to reach them, such as 101.")],
    device: Annotated[list[str], typer.Option(help="Their phones, such as PJSIP/101; may be repeated.")],
    team: TeamOption = None,
    pbx: PbxOption = None,
    config: ConfigOption = None,
) -> None:
    """Give a user an extension and phones, in place of those they had."""
    settings = read_settings(config)
    phones = _phones(settings, extension, device, pbx)

    async def work(session: AsyncSession) -> None:
        user = await AccountService().user(session, name)
        await AgentService().set(session, user.id, extension, phones, team)

    in_transaction(settings, work)
    out.print(f"{name} has extension {extension} now.", markup=False)


@users.command("list")
def list_users(config: ConfigOption = None) -> None:
    """Show all users with their phones."""

    async def work(session: AsyncSession) -> tuple[Sequence[User], Sequence[Agent]]:
        return await AccountService().users(session, also_disabled=True), await AgentService().agents(session)

    found, agents = in_transaction(read_settings(config), work)
    by_user = {agent.user_id: agent for agent in agents}
    table = Table("Name", "Shown as", "Role", "Extension", "Team", "Devices", "State", box=None)
    for user in found:
        agent = by_user.get(user.id)
        table.add_row(
            user.username,
            user.display_name,
            user.role,
            agent.extension if agent else "",
            agent.team if agent else "",
            ", ".join(one.device for one in agent.devices) if agent else "",
            "disabled" if user.disabled_at else "",
        )
    out.print(table)


@users.command("disable")
def disable_user(name: NameArgument, config: ConfigOption = None) -> None:
    """Lock a user out at once. What they did stays; extension and phones are free for others."""

    async def work(session: AsyncSession) -> None:
        user = await AccountService().disable_user(session, name)
        await AgentService().disable(session, user.id)

    in_transaction(read_settings(config), work)
    out.print(f"{name} is signed out everywhere and may not sign in any more.", markup=False)


@users.command("enable")
def enable_user(name: NameArgument, config: ConfigOption = None) -> None:
    """Let a disabled user in again; `cti-crm user phone` makes them an agent again."""

    async def work(session: AsyncSession) -> None:
        await AccountService().enable_user(session, name)

    in_transaction(read_settings(config), work)
    out.print(f"{name} may sign in again.", markup=False)


@users.command("password")
def set_password(name: NameArgument, password_stdin: PasswordStdinOption = False, config: ConfigOption = None) -> None:
    """Give a user another password; they are signed out everywhere."""
    settings = read_settings(config)
    password = _password(from_stdin=password_stdin)

    async def work(session: AsyncSession) -> None:
        await AccountService().set_password(session, name, password)

    in_transaction(settings, work)
    out.print(f"{name} has another password now.", markup=False)


@tokens.command("add")
def add_token(
    user: Annotated[str, typer.Option(metavar="NAME", help="The user whose rights it has.")],
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
    config: ConfigOption = None,
) -> None:
    """Make a bearer token. It is shown only now."""

    async def work(session: AsyncSession) -> str:
        return await AccountService().add_token(session, user, name)

    token = in_transaction(read_settings(config), work)
    err.print("Keep it; it is not shown again. Send it as: Authorization: Bearer TOKEN")
    typer.echo(token)


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(
        typer.prompt(
            f"Password (at least {MIN_LENGTH} characters)", hide_input=True, confirmation_prompt=True, err=True
        )
    )


def _phones(settings: Settings, extension: str | None, devices: list[str] | None, pbx: str | None) -> list[Device]:
    if extension is None and not devices:
        return []
    if extension is None or not devices:
        raise InvalidInputError("An agent needs both: --extension and at least one --device.")
    names = [one.name for one in settings.pbx] or ["main"]
    if pbx is None and len(names) > 1:
        raise InvalidInputError(f"Say at which PBX the phone is: --pbx {' or --pbx '.join(names)}.")
    if pbx is not None and pbx not in names:
        raise InvalidInputError(f"There is no PBX {pbx} in the settings, only {', '.join(names)}.")
    return [Device(pbx or names[0], one) for one in devices]
