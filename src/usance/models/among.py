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


@UUIDField.register_lookup
@CharField.register_lookup
class Among(_AsArray):
    lookup_name = "in"


@ForeignObject.register_lookup
class RelatedAmong(_AsArray, RelatedIn):
    lookup_name = "in"
