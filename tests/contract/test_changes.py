"""What a change leaves behind: defaults, nulls, and the parts that were not spoken of."""

from __future__ import annotations

from refusals import assert_problem
from routing import BODIES, CHANGES, CREDENTIALS, each

PUTS = [call for call in BODIES if call.verb == "put"]
PATCHES = [call for call in BODIES if call.verb == "patch"]
CREATIONS = [call for call in BODIES if call.verb == "post" and not call.parameters]
HIDDEN = {"password", "current_password"}


def required(call):
    if str(call) in CREDENTIALS:  # there are several ways, each with fields of its own
        return CREDENTIALS[str(call)]
    names = {argument.name for argument in call.parser.args if argument.required}
    return {name: value for name, value in call.body().items() if name in names}


@each(PUTS)
def test_what_a_replacement_leaves_out_takes_its_default(fresh, call):
    path = call.path(fresh)
    assert call.send(fresh, path=path).status_code == 200

    answer = call.send(fresh, path=path, body=required(call))

    assert answer.status_code == 200, answer.text
    made = {argument.name: argument for argument in call.parser.args if argument.name not in HIDDEN}
    for name, argument in made.items():
        if not argument.required and not callable(argument.default) and argument.default is not None:
            assert answer.json[name] == argument.default
        assert argument.required or argument.default is not None or answer.json[name] is None or name == "name"


@each(CREATIONS)
def test_what_is_required_is_enough(fresh, call):
    answer = call.send(fresh, body=required(call), role=None if call.role is None else "admin")

    assert answer.status_code == 201, answer.text


@each(PATCHES)
def test_every_nullable_field_takes_null_and_the_rest_stays(fresh, call):
    path = call.path(fresh)
    assert call.send(fresh, path=path).status_code == 200

    for argument in call.parser.args:
        if argument.nullable:
            before = fresh.get(path).json
            answer = call.send(fresh, path=path, body={argument.name: None})

            assert answer.status_code == 200, answer.text
            moved = {name for name in before if answer.json[name] != before[name]}
            assert moved <= {argument.name, "version", "updated_at", "path", "links"}
            assert answer.json[argument.name] is None or argument.name == "name"


@each(PATCHES)
def test_one_field_changes_alone(fresh, call):
    path = call.path(fresh)

    for name, value in call.body().items():
        before = fresh.get(path).json
        answer = call.send(fresh, path=path, body={name: value})

        assert answer.status_code == 200, answer.text
        moved = {member for member in before if answer.json[member] != before[member]}
        assert moved <= {name, "version", "updated_at", "path", "links"}
        assert answer.json["version"] == before["version"] + (1 if name in moved else 0)


@each([call for call in CHANGES if call.verb == "delete" and call.url.endswith(">")])
def test_what_is_deleted_is_gone_from_its_list(fresh, call):
    path = call.path(fresh)
    row = int(path.rsplit("/", 1)[1])
    collection = path.rsplit("/", 1)[0]

    answer = call.send(fresh, path=path)

    assert answer.status_code == 204
    rows = {found["id"]: found for found in fresh.get(f"{collection}?limit=200").json["data"]}
    assert row not in rows or rows[row].get("active") is False or rows[row].get("state") == "abandoned"


@each([call for call in CHANGES if call.url.endswith("/restoration")])
def test_what_was_archived_is_readable_kept_from_change_and_comes_back(fresh, call):
    path = call.path(fresh)
    row = path.removesuffix("/restoration")
    assert fresh.send("DELETE", row).status_code == 204
    archived = fresh.get(row).json

    refused = fresh.send("PATCH", row, body={"name": "Another name"})
    answer = call.send(fresh, path=path)

    if "archived_at" in archived:
        assert archived["archived_at"] is not None
        assert_problem(refused, 409, "archived")
        assert "archive" not in archived["links"]
    assert "restore" in archived["links"]
    assert answer.status_code == 201
    assert "restore" not in answer.json["links"]
    assert fresh.get(row).json == answer.json
