"""What a role that demands a second factor means for who has none."""

from __future__ import annotations

import pytest
from factors import PASSWORD, change, id_of, set_up_app, sign_in
from refusals import assert_problem
from routing import BY_TOKEN, CALLS, GONE, each
from service import KEY, ROLES
from sqlalchemy import select

from common.database import again, db
from common.settings_schema import Security
from models import second_factor
from models.sign_in import SignIn
from models.user import User

CONFIRMED = {"current_password": PASSWORD}
OPEN = {"GET session", "DELETE session", "GET users/<id>/second-factors"} | {
    f"POST users/<id>/{noun}"
    for noun in (
        *("totp", "totp/confirmation", "totp/removal", "recovery-codes", "passkeys", "passkey-challenges"),
        *("passkeys/<passkey_id>/removal", "second-factors/removal"),
    )
}


def strict(opened, *roles):
    """Open a service where these roles must have one; `viewer`, `spare`'s role, at the least."""
    wanted = ("viewer", *roles)
    return opened(security=Security(secret_key=KEY, sign_in_attempts=0, second_factor_roles=wanted))


@pytest.fixture(scope="module")
def bare(template):
    """A service that demands it of everybody, and where nobody has one any more."""
    demanding = Security(secret_key=KEY, sign_in_attempts=0, record_refusals=False, second_factor_roles=ROLES)
    with template.copy(security=demanding) as service:
        ids = [id_of(service, role) for role in ROLES]
        with service.app.app_context():
            again(db.session(), lambda session: [_forget(session, user_id) for user_id in ids])
        yield service


def _forget(session, user_id):
    newest = select(SignIn.id).where(SignIn.user_id == user_id).order_by(SignIn.id.desc()).limit(1)
    second_factor.remove_all(session.get_one(User, user_id), kept_session=session.scalar(newest))


@each([call for call in CALLS if call.role is not None and str(call) not in GONE | BY_TOKEN])
def test_until_one_is_there_a_session_does_nothing_but_set_one_up(bare, call):
    if str(call) in OPEN:
        return
    for role in ("viewer", "admin"):
        answer = call.send(bare, role=role, path=call.path(bare))

        assert_problem(answer, 403, "second-factor-missing")


def test_what_stays_open_is_open(opened):
    service = strict(opened)
    row = id_of(service, "spare")

    seen = service.get("session", role="spare").json
    factors = service.get(f"users/{row}/second-factors", role="spare")
    proposed = change(service, "totp", CONFIRMED)
    left = service.send("DELETE", "session", role="spare")

    assert (seen["second_factor"], seen["second_factor_demanded"]) == (False, True)
    assert (factors.status_code, factors.json["demanded"]) == (200, True)
    assert proposed.status_code == 201
    assert left.status_code == 204


def test_with_the_first_factor_all_is_open(opened):
    service = strict(opened)
    assert_problem(service.get("items", role="spare"), 403, "second-factor-missing")

    code, _ = set_up_app(service)

    assert service.get("items", role="spare").status_code == 200
    assert sign_in(service, code=code()).status_code == 201


def test_what_is_not_open_yet_is_not_linked(opened):
    service = strict(opened)
    before, me = service.get("/api/v1", role="spare").json["links"], service.get("session", role="spare").json["links"]

    code, _ = set_up_app(service)
    sign_in(service, code=code())
    after, then = service.get("/api/v1", role="spare").json["links"], service.get("session", role="spare").json["links"]

    assert before.keys() == {"self", "session"}
    assert after.keys() > {"self", "session", "items"}
    assert then.keys() - me.keys() == {"password", "recovery_codes"}


def test_the_last_one_stays_until_there_is_another(opened):
    service = strict(opened)
    set_up_app(service)

    for noun in ("totp/removal", "second-factors/removal"):
        assert_problem(change(service, noun, CONFIRMED), 409, "last-second-factor")
    row = f"users/{id_of(service, 'spare')}/second-factors"
    assert "remove" not in service.get(row, role="spare").json["links"]
    assert "remove" in service.get(row).json["links"]
    assert service.get("items", role="spare").status_code == 200


def test_an_administrator_removes_it_from_another_who_then_sets_up_a_new_one(opened):
    service = strict(opened)
    set_up_app(service)

    answer = service.send("POST", f"users/{id_of(service, 'spare')}/second-factors/removal")

    assert answer.status_code == 201
    service.sign_in("spare")
    assert_problem(service.get("items", role="spare"), 403, "second-factor-missing")
    set_up_app(service)
    assert service.get("items", role="spare").status_code == 200


def test_who_has_none_yet_does_not_touch_anybody_elses(opened):
    """One stolen password of an administrator must not take everybody's second factor away."""
    service = strict(opened, "admin")
    set_up_app(service)
    row, admin = id_of(service, "spare"), id_of(service, "admin")
    with service.app.app_context():
        again(db.session(), lambda session: _forget(session, admin))

    assert service.get(f"users/{admin}/second-factors").status_code == 200
    assert_problem(service.get(f"users/{row}/second-factors"), 403, "second-factor-missing")
    assert_problem(service.send("POST", f"users/{row}/second-factors/removal"), 403, "second-factor-missing")
    assert service.get("session", role="spare").json["second_factor"] is True


def test_other_roles_and_tokens_are_not_asked(opened):
    service = strict(opened)
    made = service.post("tokens", {"name": "a till", "role": "viewer"}, role="limited").json["token"]

    assert service.get("items", role="limited").status_code == 200
    service.send("PATCH", f"users/{id_of(service, 'limited')}", body={"role": "viewer"})
    service.sign_in("limited")
    assert_problem(service.get("items", role="limited"), 403, "second-factor-missing")
    assert service.get("items", role=None, headers={"Authorization": f"Bearer {made}"}).status_code == 200


def test_signing_in_as_somebody_else_is_open(opened):
    service = strict(opened)

    answer = sign_in(service, "limited")

    assert answer.status_code == 201
    assert answer.json["second_factor_demanded"] is False
