"""Questions that are asked with every call: made by SQLAlchemy once, then given to the driver as they are."""

from collections import namedtuple
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Select

Converter = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Form:
    """The question in one database's language. `given`: by position a name to be filled in, or a constant."""

    sql: str
    given: Sequence[tuple[str | None, Any, Converter | None]]
    results: Sequence[tuple[int, Converter]]
    errors: type[Exception]


class Question:
    """A SELECT whose values are all given by name, none of them a list.

    What SQLAlchemy does anew with each execution takes several times as long as a look-up by an index. `row`: the class
    of the rows.
    """

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
        return [self._read(row, form.results) for row in found]

    def _ask_the_long_way(self, connection: Connection, values: dict[str, Any]) -> list[Any]:
        return [self.row._make(row) for row in connection.execute(self._statement, values)]

    def _read(self, row: Sequence[Any], results: Sequence[tuple[int, Converter]]) -> Any:
        read = list(row)
        for place, convert in results:
            read[place] = convert(read[place])
        return self.row._make(read)

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
        form = self._forms[dialect.name] = _Form(
            str(compiled),
            given,
            [(place, convert) for place, convert in enumerate(converters) if convert is not None],
            dialect.loaded_dbapi.Error,
        )
        return form
