"""The description of the API: the OpenAPI document, and a page of it that needs no script."""

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from ninja import NinjaAPI
from pydantic import BaseModel

from . import once, problems

SCHEMAS = "#/components/schemas/"
METHODS = ("get", "post", "delete")
# Read, and yet refused at times: there is no such client, no facility, or no rate of that day.
REFUSING = frozenset({
    "/v1/availability", "/v1/availability/invoices", "/v1/clients/{id}/quote", "/v1/offers/choices",
    "/v1/vat-relief",
})  # fmt: skip
MOMENT, DAY = "2026-03-02T09:00:00Z", "2026-03-02"
ID = "0199f3a2-1c00-7000-8000-000000000001"
BY_FORMAT = {"uuid": ID, "date-time": MOMENT, "date": DAY}
BY_TYPE: dict[str, Any] = {
    "string": "", "integer": 1, "number": 1, "boolean": True, "null": None,
}  # fmt: skip
PROBLEM = {
    "title": "Problem",
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable: decide by it."},
        "detail": {"type": "string"},
        "todo": {"type": "string", "description": "The next step, for people."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"where": {"type": "string"}, "says": {"type": "string"}},
                "required": ["where", "says"],
            },
        },
        "reference": {"type": "string", "description": "The request, as in our log."},
    },
    "required": ["type", "title", "status", "code", "detail", "todo"],
    "examples": [{
        "type": "about:blank", "title": "Forbidden", "status": 403, "code": "not_allowed",
        "detail": "the role cash may not release payout",
        "todo": "Ask an administrator for the role that this takes.",
    }],
}  # fmt: skip
NOES = {
    400: "The request cannot be read.",
    401: "No key in force came with it.",
    403: "The key lacks the scope or the role, or a second person is needed.",
    404: "This book has no such thing.",
    409: "The books say no: `code` says why.",
    413: "Too large.",
    422: "Not of the shape described, or a document that is broken.",
    429: "Too many requests: wait as long as Retry-After says.",
    503: "The database or what stands outside is away: send it again.",
}


def described(api: NinjaAPI, also: tuple[type[BaseModel], ...]) -> dict[str, Any]:
    """The OpenAPI document. `also`: shapes that only multipart operations name."""
    document = json.loads(json.dumps(api.get_openapi_schema(path_prefix="")))
    schemas = document["components"]["schemas"]
    for shape in also:
        found = shape.model_json_schema(ref_template=SCHEMAS + "{model}")
        schemas.update(found.pop("$defs", {}))
        schemas[shape.__name__] = found
    schemas["Problem"] = PROBLEM
    document["components"]["responses"] = {
        f"Problem{status}": {
            "description": says,
            "content": {problems.MEDIA_TYPE: {"schema": {"$ref": f"{SCHEMAS}Problem"}}},
        }
        for status, says in NOES.items()
    }
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete(path, method, operation, schemas)
    return document  # type: ignore[no-any-return]  # It came from json.loads.


def _complete(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Add what every operation has in common: its noes, its keys, an example of each body."""
    if operation.get("security"):
        statuses = [401, 403, 422, 429, 503]
        statuses += [404] if "{" in path else []
        statuses += [404, 409] if path in REFUSING else []
        if method != "get":
            statuses += [400, 404, 409, 413]
            operation["security"] = [one for one in operation["security"] if "Key" in one]
        for status in statuses:
            operation["responses"].setdefault(
                str(status), {"$ref": f"#/components/responses/Problem{status}"}
            )
    if any(p["name"] == once.NAME for p in operation.get("parameters", ())):
        done = next(status for status in ("201", "200") if status in operation["responses"])
        operation["responses"][done]["headers"] = {
            once.REPLAYED: {
                "description": "true: done before, this is the answer of then.",
                "schema": {"type": "string"},
            }
        }
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    for body in bodies:
        for kind, content in body.get("content", {}).items():
            if kind == "application/json":
                content["example"] = example(content["schema"], schemas)


def example(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """A value of this shape, made of the examples of its fields."""
    if "$ref" in schema:
        return example(schemas[schema["$ref"].removeprefix(SCHEMAS)], schemas)
    for name in ("examples", "enum"):
        if schema.get(name):
            return schema[name][0]
    for name in ("anyOf", "allOf"):
        if name in schema:
            return example(schema[name][0], schemas)
    if schema.get("type") == "object":
        return {name: example(one, schemas) for name, one in schema.get("properties", {}).items()}
    if schema.get("type") == "array":
        return [example(schema["items"], schemas)]
    if "format" in schema:
        return BY_FORMAT[schema["format"]]
    return schema.get("default", BY_TYPE[schema["type"]])


@cache
def rooms(document: str) -> list[dict[str, Any]]:
    """The operations by their tag, as the page shows them. `document` is the OpenAPI text."""
    whole = json.loads(document)
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in whole["paths"].items():
        for method, operation in methods.items():
            shown = _shown(path, method, operation, whole["components"]["schemas"])
            found.setdefault(operation["tags"][0], []).append(shown)
    return [{"name": name, "operations": operations} for name, operations in found.items()]


def _shown(
    path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]
) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    answers = [
        {"status": status, "content": one.get("content", {})}
        for status, one in operation["responses"].items()
        if status.startswith("2")
    ]
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "open": not operation.get("security"),
        "parameters": [
            {
                "name": one["name"],
                "in": one["in"],
                "required": one["required"],
                "says": one.get("description", ""),
                "type": _type(one["schema"], schemas),
            }
            for one in operation.get("parameters", ())
        ],
        "bodies": [_body(kind, one) for kind, one in body.items()],
        "answers": [
            {"status": one["status"], **_body(kind, content)}
            for one in answers
            for kind, content in (one["content"] or {"": {}}).items()
        ],
        "noes": sorted(status for status in operation["responses"] if not status.startswith("2")),
    }


def _body(kind: str, content: dict[str, Any]) -> dict[str, str]:
    shown = content.get("example")
    if shown is None and "properties" in content.get("schema", {}):
        shown = {name: _type(one, {}) for name, one in content["schema"]["properties"].items()}
    text = "" if shown is None else json.dumps(shown, indent=2, ensure_ascii=False)
    return {"kind": kind, "text": text}


def _type(schema: dict[str, Any], schemas: dict[str, Any]) -> str:
    """In a word; of an enum the words that it takes."""
    if "$ref" in schema:
        return _type(schemas[schema["$ref"].removeprefix(SCHEMAS)], schemas)
    for name in ("anyOf", "allOf"):
        if name in schema:
            return " or ".join(
                _type(one, schemas) for one in schema[name] if one.get("type") != "null"
            )
    if "enum" in schema:
        return " | ".join(str(word) for word in schema["enum"])
    if schema.get("type") == "array":
        return f"several of {_type(schema['items'], schemas)}"
    return str(schema.get("format") or schema.get("type", "any"))


def as_json(document: dict[str, Any]) -> HttpResponse:
    return JsonResponse(document)


def as_page(request: HttpRequest, document: dict[str, Any]) -> HttpResponse:
    shown = {"rooms": rooms(json.dumps(document)), "info": document["info"]}
    return render(request, "api/reference.html", shown)
