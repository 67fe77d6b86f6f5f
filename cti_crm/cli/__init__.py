"""The command line. Each command is thin: it reads settings, asks a service, and says in words what came of it."""

from typing import Annotated

import typer

from cti_crm.cli import backfill, data, pbx, service, users, watch
from cti_crm.cli.errors import Commands

app = typer.Typer(
    name="cti-crm",
    help="Joins an Asterisk telephone system with the knowledge about the customer who calls.",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _common(
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error comes from.")] = False,
) -> None:
    del debug  # read by Commands


app.command("serve")(service.serve)
app.command("demo")(service.demo)
app.add_typer(users.users, name="user")
app.add_typer(users.tokens, name="token")
app.add_typer(data.imports, name="import")
app.command("migrate")(data.migrate)
app.command("backup")(data.make_backup)
app.command("restore")(data.restore_backup)
app.command("doctor")(pbx.doctor)
app.command("replay")(pbx.replay)
app.command("record")(pbx.record)
app.command("backfill")(backfill.backfill)
app.command("watch")(watch.watch)


def main() -> None:
    """The entry of the program `cti-crm`."""
    app()
