"""Tables as CSV files that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterable, Sequence

from aiohttp import web


def harmless(cell: str) -> str:
    """A cell that a spreadsheet would reckon as a formula, as text (https://owasp.org/www-community/attacks/CSV_Injection).

    A number in E.164 begins with "+", too; the apostrophe in front keeps it a text, with all its digits.
    """
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def csv_response(name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> web.Response:
    """A download named `name`, in UTF-8 with a byte order mark, by which spreadsheets know it (RFC 4180)."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return web.Response(
        body=text.getvalue().encode("utf-8-sig"),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
