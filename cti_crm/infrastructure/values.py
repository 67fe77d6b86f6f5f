"""Values that nobody changes once they are made, of which the calls make thousands a second."""

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:
    from dataclasses import dataclass

    T = TypeVar("T")

    def value(*, frozen: bool, slots: bool):
        """`@dataclass`, whose frozenness mypy watches over, not the interpreter.

        A frozen dataclass sets each field by a call of `object.__setattr__`: one takes five to thirty times as long to
        make as one that is not. Equality and hash are those of a frozen one.
        """

        def make(cls: type[T]) -> type[T]:
            return dataclass(slots=slots, unsafe_hash=frozen)(cls)

        return make


__all__ = ["value"]
