"""Tables of results: on the terminal, and as Markdown in docs/benchmarks.md."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

FILE = Path(__file__).parents[2] / "docs" / "benchmarks.md"


@dataclass(frozen=True, slots=True)
class Section:
    """One table, with what was done and what it means."""

    title: str
    about: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    remarks: Sequence[str] = ()

    def print(self, console: Console) -> None:
        table = Table(*self.head, title=self.title, title_justify="left")
        for row in self.rows:
            table.add_row(*row)
        console.print(table)
        for remark in self.remarks:
            console.print(f"  {remark}", highlight=False, markup=False)
        console.print()

    def markdown(self) -> str:
        lines = [f"## {self.title}", "", self.about, ""]
        lines += [_row(self.head), _row(["---"] * len(self.head)), *map(_row, self.rows), ""]
        if self.remarks:
            lines += [*(f"- {remark}" for remark in self.remarks), ""]
        return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def machine() -> str:
    """What it ran on, in one line; how busy the machine was with other things, as a warning to the reader."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = " ".join(line.partition(":")[2].split())
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, {platform.system()}, {python}"


def write(sections: Sequence[Section], load_before: float, options: str, file: Path) -> None:
    """Write the document anew. `load_before`: the machine's load average before the bench began."""
    today = datetime.now(UTC).date().isoformat()
    parts = [
        "# Benchmarks",
        "",
        f"Written by `make bench{options}` on {today}. Machine: {machine()}.",
        f"Its load average before the bench began was {load_before:.1f}: what else it did is in the numbers.",
        "Compare what stands in one table; between machines, compare ratios.",
        "",
        *(section.markdown() for section in sections),
    ]
    file.write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")
