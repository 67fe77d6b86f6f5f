"""What the documents say is there."""

import re
from pathlib import Path
from typing import get_args

import pytest
import typer

from cti_crm.cli import app
from cti_crm.infrastructure.metrics import Metrics
from cti_crm.screenpop.protocol import ClientMessage, ServerMessage

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/**/*.md"), *ROOT.glob("asterisk_conf/*.md")]
)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def _anchors(document: Path) -> set[str]:
    """What a heading can be linked by: lower case, spaces as hyphens, without most punctuation."""
    text = _FENCED.sub("", document.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ +(.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_within_the_project_lead_somewhere(document: Path) -> None:
    broken = []
    for link in _LINK.findall(_FENCED.sub("", document.read_text(encoding="utf-8"))):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            broken.append(link)
    assert broken == []


def _commands(group: object, prefix: str = "") -> list[str]:
    """Names such as "serve" and "user add"; a group that has commands is none itself."""
    names = []
    for name, command in getattr(group, "commands", {}).items():
        names += _commands(command, f"{prefix}{name} ") or [f"{prefix}{name}"]
    return names


def test_every_command_is_in_the_contract() -> None:
    contract = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")
    commands = _commands(typer.main.get_group(app))
    assert "user add" in commands
    assert [name for name in commands if not re.search(rf"`(cti-crm )?{name}\b", contract)] == []


def test_every_metric_is_described() -> None:
    operations = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    metrics = [family.name for family in Metrics().registry.collect()]
    assert [name for name in metrics if f"`{name}" not in operations] == []


def test_every_package_stands_in_the_tree() -> None:
    architecture = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    packages = [file.parent.name for file in (ROOT / "cti_crm").glob("*/__init__.py")]
    assert [name for name in packages if f"{name}/" not in architecture] == []


def test_every_message_of_the_socket_is_in_the_contract() -> None:
    contract = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")
    types = [
        message.model_fields["type"].default
        for union in (ServerMessage, ClientMessage)
        for message in get_args(get_args(union)[0])
    ]
    assert "snapshot" in types
    assert [name for name in types if f"`{name}`" not in contract and f'"type": "{name}"' not in contract] == []
