"""What the engine answers over HTTP, as an OpenAPI document and as a page for people."""

from __future__ import annotations

from html import escape
from typing import Any

import msgspec

from intake.engine.arrivals import Standing
from intake.records import ReadingRecord

_BEARER = [{"token": list[str]()}]

_QUERY = {
    "account": "account number",
    "meter": "meter number",
    "period": "billing month, YYYY-MM",
    "channel": "where the readings came from",
    "organisation": "the token's own",
}


def _answer(sentence: str, schema: str = "Refusal") -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": sentence, "content": content}


_REFUSALS = {
    "401": _answer("no token, or one that does not hold"),
    "403": _answer("a token of another organisation, channel or scope"),
}

_POST = {
    "summary": "Hand a reading over",
    "description": (
        "Once per id and version, however often it is sent. A correction is the next version; "
        "one without a value takes the reading back."
    ),
    "security": _BEARER,
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "description": "the reading's id and version, `id:version`",
            "schema": {"type": "string"},
        }
    ],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ReadingRecord"}}},
    },
    "responses": {
        "201": _answer("it is kept", "Receipt"),
        "200": _answer("it was here already", "Receipt"),
        **_REFUSALS,
        "400": _answer("the key is not the reading's id and version"),
        "409": _answer("this version came before with other content"),
        "422": _answer("it is not a reading"),
        "503": _answer("nothing can be kept at present; send it again"),
    },
}

_GET = {
    "summary": "Ask for readings",
    "description": "By account, meter or month: the newest version of each, and what became of it.",
    "security": _BEARER,
    "parameters": [
        {"name": name, "in": "query", "description": told, "schema": {"type": "string"}}
        for name, told in _QUERY.items()
    ],
    "responses": {
        "200": _answer("the readings", "Readings"),
        **_REFUSALS,
        "400": _answer("nothing was asked by"),
    },
}


def _schemas() -> dict[str, Any]:
    (_,), schemas = msgspec.json.schema_components(
        [ReadingRecord], ref_template="#/components/schemas/{name}"
    )
    schemas["ReadingRecord"]["description"] = "One version of a reading."
    standing = {"type": "string", "enum": [str(one) for one in Standing]}
    text, flag = {"type": "string"}, {"type": "boolean"}
    receipt = {
        "id": text,
        "version": {"type": "integer"},
        "received": text,
        "standing": standing,
        "is_new": flag,
    }
    listed = {"type": "array", "items": {"$ref": "#/components/schemas/ReadingRecord"}}
    return {
        **schemas,
        "Receipt": {"type": "object", "properties": receipt},
        "Readings": {"type": "object", "properties": {"readings": listed, "more": flag}},
        "Refusal": {"type": "object", "properties": {"error": text}},
    }


SPECIFICATION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Reading engine", "version": "1"},
    "paths": {"/readings": {"post": _POST, "get": _GET}},
    "components": {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        "schemas": _schemas(),
    },
}


def page() -> str:
    """The same for people, as HTML that loads nothing from elsewhere."""
    operations = "".join(
        _operation(method.upper(), path, operation)
        for path, methods in SPECIFICATION["paths"].items()
        for method, operation in methods.items()
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Reading engine</title>'
        "<style>body{font:16px/1.5 sans-serif;max-width:48em;margin:2em auto;padding:0 1em}"
        "td{padding:0 1em 0 0;vertical-align:top}code{background:#eee}</style>"
        '<h1>Reading engine</h1><p><a href="/openapi.json">openapi.json</a> says the same for '
        f"programs.</p>{operations}{_record()}</html>"
    )


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    asked = _table({one["name"]: one["description"] for one in operation["parameters"]})
    answers = {code: one["description"] for code, one in operation["responses"].items()}
    return (
        f"<h2>{method} <code>{escape(path)}</code></h2><p>{escape(operation['description'])}</p>"
        f"{asked}<h3>Answers</h3>{_table(answers)}"
    )


def _record() -> str:
    properties = SPECIFICATION["components"]["schemas"]["ReadingRecord"]["properties"]
    kinds = {name: _kind(schema) for name, schema in properties.items()}
    return f"<h2>A reading</h2>{_table(kinds)}"


def _kind(schema: dict[str, Any]) -> str:
    kinds = [one["type"] for one in schema.get("anyOf", [schema])]
    return " or ".join(kinds)


def _table(rows: dict[str, str]) -> str:
    lines = (f"<tr><td><code>{escape(k)}</code><td>{escape(v)}" for k, v in rows.items())
    return f"<table>{''.join(lines)}</table>"
