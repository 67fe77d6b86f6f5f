"""Statements for every call: made by SQLAlchemy once, then given to the driver as they are.

What SQLAlchemy does anew with each execution takes several times as long as a look-up by an index.
"""

from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

Converter = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Form:
    """A question in one database's language. `given`: by position a name to be filled in, or a constant."""

    sql: str
    given: Sequence[tuple[str | None, Any, Converter | None]]
    results: Sequence[tuple[int, Converter]]
    errors: type[Exception]


class Question:
    """A SELECT whose values are all given by name, none of them a list. `row`: the class of the rows."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._statement = statement
        self.row: Any = namedtuple("Row", statement.selected_columns.keys())  # type: ignore[misc]
        self._forms: dict[str, _Form] = {}  # one for each kind of database

    def ask(self, connection: Connection, **values: Any) -> list[Any]:
        """The rows, as named tuples. Raises what SQLAlchemy raises.

        The short way is for connections of `Database.read`: within a transaction all goes through SQLAlchemy.
        """
        if connection.in_transaction():
            return self._ask_the_long_way(connection, values)
        form = self._forms.get(connection.dialect.name) or self._form(connection.dialect)
        filled = [
            constant if name is None else values[name] if convert is None else convert(values[name])
            for name, constant, convert in form.given
        ]
        try:
            cursor = connection.connection.cursor()
            cursor.execute(form.sql, tuple(filled))
            found = cursor.fetchall()
            cursor.close()
        except form.errors:
            # Asked once more by SQLAlchemy, which sees if the connection is lost, and says what is wrong in its words.
            return self._ask_the_long_way(connection, values)
        return [self.row._make(_converted(row, form.results)) for row in found]

    def _ask_the_long_way(self, connection: Connection, values: dict[str, Any]) -> list[Any]:
        return [self.row._make(row) for row in connection.execute(self._statement, values)]

    def _form(self, dialect: Dialect) -> _Form:
        compiled: Any = self._statement.compile(dialect=dialect)
        constants, given = compiled.params, []
        for name in compiled.positiontup:
            parameter = compiled.binds[name]
            convert = parameter.type.dialect_impl(dialect).bind_processor(dialect)
            if parameter.required:
                given.append((name, None, convert))
            else:
                given.append((None, convert(constants[name]) if convert else constants[name], None))
        types = [column.type.dialect_impl(dialect) for column in self._statement.selected_columns]
        converters = [one.result_processor(dialect, None) for one in types]
        form = self._forms[dialect.name] = _Form(str(compiled), given, _needed(converters), dialect.loaded_dbapi.Error)
        return form


class Writing:
    """An INSERT of many rows, each a tuple with a value for every one of `columns`."""

    def __init__(self, table: Any, columns: Sequence[str], finish: Callable[[Any], Any]) -> None:
        """`finish` adds to the dialect's own INSERT what is done where there is a row already."""
        self._table = table
        self._columns = columns
        self._finish = finish
        self._forms: dict[str, tuple[str, Sequence[tuple[int, Converter]]]] = {}

    async def write(self, session: AsyncSession, rows: Sequence[Sequence[Any]]) -> None:
        """In the session's transaction, beside its objects."""
        connection = await session.connection()
        sql, needed = self._forms.get(connection.dialect.name) or self._form(connection.dialect)
        await connection.exec_driver_sql(sql, [tuple(_converted(row, needed)) for row in rows])

    def _form(self, dialect: Dialect) -> tuple[str, Sequence[tuple[int, Converter]]]:
        insert = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
        compiled = self._finish(insert(self._table)).compile(dialect=dialect, column_keys=self._columns)
        if tuple(compiled.positiontup) != tuple(self._columns):
            raise ValueError(f"the columns are not in the order of the table: {compiled.positiontup}")
        types = [compiled.binds[name].type.dialect_impl(dialect) for name in self._columns]
        form = str(compiled), _needed([one.bind_processor(dialect) for one in types])
        self._forms[dialect.name] = form
        return form


def _needed(converters: Sequence[Converter | None]) -> Sequence[tuple[int, Converter]]:
    return [(place, convert) for place, convert in enumerate(converters) if convert is not None]


def _converted(row: Sequence[Any], needed: Sequence[tuple[int, Converter]]) -> list[Any]:
    made = list(row)
    for place, convert in needed:
        made[place] = convert(made[place])
    return made
