"""The OpenAPI document of the routing table, and how an answer is held against it."""

from __future__ import annotations

import json
from datetime import datetime

import orjson
from flask import Flask
from jsonschema import Draft202012Validator, FormatChecker
from service import BASE

import resources
from common.http import mount, openapi, parameters

SENT, ANSWERED = FormatChecker(), FormatChecker()


@ANSWERED.checks("date-time", raises=ValueError)
def is_time(value):
    """Times are answered in one form: UTC, with milliseconds."""
    return not isinstance(value, str) or datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%f%z").tzname() == "UTC"


def made() -> dict:
    app = Flask("said")
    mount(app, BASE, resources.v1)
    return json.loads(orjson.dumps(openapi.document(app, BASE)))


SAID = made()
COMPONENTS = SAID["components"]


def operation(call) -> dict:
    return SAID["paths"][parameters.address(call.url)][call.verb]


def schema_of(call, answer) -> dict:
    response = operation(call)["responses"][str(answer.status_code)]
    name = response.get("$ref", "").removeprefix("#/components/responses/")
    return (COMPONENTS["responses"][name] if name else response)["content"][answer.mimetype]["schema"]


def faults(schema, value, formats=ANSWERED) -> list[str]:
    """Say where the value is not what the schema promises."""
    found = Draft202012Validator({"allOf": [schema], "components": COMPONENTS}, format_checker=formats)
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in found.iter_errors(value)]


def asked(call) -> list[dict]:
    common = COMPONENTS["parameters"]
    return [common[p["$ref"].rsplit("/", 1)[-1]] if "$ref" in p else p for p in operation(call)["parameters"]]


def names_of(call, place) -> set[str]:
    return {parameter["name"] for parameter in asked(call) if parameter["in"] == place}
