"""The API page, made from the OpenAPI description: fields, answers, curl lines of each operation. No text of its own.

Text keeps the description's backticks; the template makes code of what stands between them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Any

Spec = Mapping[str, Any]
_WORDS = {"string": "text", "boolean": "true or false", "array": "list", "integer": "number"}
_IDS = re.compile(r"{(list|lead)_id}")


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter, field or answer: its name, what kind it is, what it means."""

    name: str
    kind: str
    about: str
    is_needed: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under a heading."""

    title: str
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class OperationPage:
    """One method on one path."""

    id: str
    method: str
    path: str
    summary: str
    about: str
    who: str
    examples: tuple[str, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The operations of one kind of thing."""

    name: str
    about: str
    operations: tuple[OperationPage, ...]


@dataclass(frozen=True, slots=True)
class ApiPage:
    """The whole page."""

    about: tuple[str, ...]
    groups: tuple[Group, ...]


def api_page(spec: Spec, base_url: str) -> ApiPage:
    """The page of a description; ``base_url`` is how this gateway is reached, for the examples."""
    found = [
        (operation["tags"][0], _operation(spec, method, path, base_url))
        for path, item in spec["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    ]
    groups = tuple(
        Group(tag["name"], tag.get("description", ""), tuple(page for name, page in found if name == tag["name"]))
        for tag in spec["tags"]
    )
    return ApiPage(tuple(_line(part) for part in spec["info"]["description"].split("\n\n")), groups)


def _operation(spec: Spec, method: str, path: str, base_url: str) -> OperationPage:
    item = spec["paths"][path]
    operation = item[method]
    body = operation.get("requestBody", {}).get("content", {})
    url = base_url.rstrip("/") + _IDS.sub(r"\1_7", path)
    scope = operation["x-scope"]
    parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
    sections = (
        Section("Parameters", tuple(_parameter(one) for one in parameters)),
        *_body(spec, body),
        Section("Answers", tuple(_answers(operation))),
    )
    return OperationPage(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation.get("summary", "").rstrip("."),
        about=_line(operation.get("description", "")),
        who="everyone" if scope == "everyone" else f"key: {scope}",
        examples=tuple(_examples(method, url, scope, body)),
        sections=tuple(section for section in sections if section.rows),
    )


def _parameter(one: Spec) -> Row:
    about = one.get("description") or one["schema"].get("description", "")
    if choices := one["schema"].get("enum"):
        about += " One of " + ", ".join(f"`{choice}`" for choice in choices) + "."
    return Row(one["name"], f"in the {one['in']}", _line(about), one.get("required", False))


def _body(spec: Spec, body: Spec) -> Iterator[Section]:
    """The fields of the first content type; the others carry the same."""
    kinds = list(body)
    if kinds:
        others = "Also taken as " + " and ".join(f"`{kind}`" for kind in kinds[1:]) + "." if kinds[1:] else ""
        yield Section(f"Body ({kinds[0]})", tuple(_fields(spec, body[kinds[0]]["schema"])), others)


def _fields(spec: Spec, schema: Spec, prefix: str = "") -> Iterator[Row]:
    """The fields of a shape, inner ones after their outer one as consent.ticked."""
    shape = _followed(spec, schema)
    needed = shape.get("required", [])
    for name, field in shape.get("properties", {}).items():
        yield Row(prefix + name, _kind(spec, field), _line(field.get("description", "")), name in needed)
        yield from _fields(spec, field, f"{prefix}{name}.")


def _followed(spec: Spec, schema: Spec) -> Spec:
    """The shape itself, where a reference to it stands, also among alternatives with null."""
    for one in [schema, *schema.get("anyOf", []), *schema.get("allOf", [])]:
        if "$ref" in one:
            found: Spec = spec["components"]["schemas"][one["$ref"].rpartition("/")[2]]
            return found
    return schema


def _kind(spec: Spec, field: Spec) -> str:
    kind = _followed(spec, field).get("type", "anything")
    kinds = [one for one in ([kind] if isinstance(kind, str) else kind) if one != "null"]
    return " or ".join(_WORDS.get(one, one) for one in kinds)


def _answers(operation: Spec) -> Iterator[Row]:
    for status, answer in sorted(operation["responses"].items()):
        yield Row(status, " or ".join(answer.get("content", {})), _line(answer["description"]))


def _examples(method: str, url: str, scope: str, body: Spec) -> Iterator[str]:
    """Lines for curl that can be pasted, but for the key."""
    key = [] if scope == "everyone" else ['-H "Authorization: Bearer $KEY"']
    if method == "put":
        yield _curl(quote(url), *key, "--upload-file leads.csv")
    elif not body:
        yield _curl(quote(url), *key)
    for kind, media in body.items() if method == "post" else ():
        if kind == "application/json":
            sent = [f"-H 'Content-Type: {kind}'", "-d " + quote(json.dumps(media["example"], indent=2))]
        elif kind == "application/x-www-form-urlencoded":
            sent = [f"-d {name}={quote(value)}" for name, value in media["example"].items()]
        elif kind == "application/yaml":
            sent = [f"-H 'Content-Type: {kind}'", "--data-binary @manifest.yaml"]
        else:
            continue
        yield _curl(quote(url), *key, *sent)


def _curl(*parts: str) -> str:
    return " \\\n  ".join(["curl " + parts[0], *parts[1:]])


def _line(text: str) -> str:
    return " ".join(text.split())
