"""The tables that the configuration names."""

from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from cti_crm.pbx.asterisk.records.csv_file import CsvFile
from cti_crm.pbx.asterisk.records.sql_table import SqlTable
from cti_crm.pbx.asterisk.records.tables import Kind, Place, Table
from cti_crm.settings import RecordSettings, RecordSource


def zone_of(settings: RecordSettings) -> tzinfo | None:
    """The zone of times that are written without one; None for this machine's."""
    return None if settings.timezone is None else ZoneInfo(settings.timezone)


def open_table(kind: Kind, source: RecordSource, zone: tzinfo | None) -> Table:
    """The rows of one kind. Nothing is opened yet. Raises RecordsError if the columns named are not enough."""
    written = source.source.get_secret_value()
    columns = tuple(source.columns) if source.columns is not None else None
    if written.startswith("csv:"):
        return CsvFile(Path(written.removeprefix("csv:")), kind, columns, zone)
    return SqlTable(Place(kind, written, source.table, columns, zone))
