"""`field__in=[…]` as one array instead of a placeholder for each value.

A batch asks for 500 ids at a time: as 500 placeholders they cost milliseconds on both sides, as an
array a tenth. What comes back is the same.
"""

from typing import Any
from uuid import UUID

from django.db.models import CharField, UUIDField
from django.db.models.fields.related import ForeignObject
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In

from .bulk import array

FEW = 64  # Up to so many stay placeholders, in the constraints of the tables too.


class _AsArray(In):
    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        if not isinstance(self.rhs, list | tuple | set | frozenset) or len(self.rhs) <= FEW:
            return super().as_sql(compiler, connection)
        values = [value for value in dict.fromkeys(self.rhs) if value is not None]
        if any(hasattr(value, "resolve_expression") for value in values):
            return super().as_sql(compiler, connection)
        left, parameters = self.process_lhs(compiler, connection)
        if all(isinstance(value, UUID) for value in values):
            return f"{left} = ANY(%s::uuid[])", [*parameters, array(values)]
        return f"{left} = ANY(%s)", [*parameters, values]


def _are_keys(values: object) -> bool:
    """Many, and UUIDs all of them."""
    return (
        isinstance(values, list | tuple | set | frozenset)
        and len(values) > FEW
        and set(map(type, values)) == {UUID}
    )


class _OfKeys(_AsArray):
    """A batch's keys are keys already: to look at each of them costs more than to ask for them."""

    def get_prep_lookup(self) -> Any:
        return self.rhs if _are_keys(self.rhs) else super().get_prep_lookup()

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        if not _are_keys(self.rhs):
            return super().as_sql(compiler, connection)
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s::uuid[])", [*parameters, array(self.rhs)]


@UUIDField.register_lookup
class AmongKeys(_OfKeys):
    lookup_name = "in"


@CharField.register_lookup
class Among(_AsArray):
    lookup_name = "in"


@ForeignObject.register_lookup
class RelatedAmong(_OfKeys, RelatedIn):
    lookup_name = "in"
