"""A password's hash is made anew when the parameters have risen, by signing in."""

from __future__ import annotations

import shop_data
from argon2 import PasswordHasher, extract_parameters
from refusals import assert_problem
from sqlalchemy import update

from common.database import again, db
from models import password as passwords
from models.user import User

PASSWORD = shop_data.PASSWORD
NEW = "another-basket-on-the-stairs"


def sign_in(service, password=PASSWORD):
    return service.post("session", {"username": "spare", "password": password}, role=None)


def keep(service, hashed):
    statement = update(User.__table__).where(User.username == "spare").values(password_hash=hashed)
    with service.app.app_context():
        again(db.session(), lambda session: session.execute(statement))


def test_a_hash_of_weaker_parameters_is_renewed_at_sign_in_unseen(fresh, costly_hashes):
    weaker = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    keep(fresh, weaker)
    before = fresh.get("users?username=spare").json["data"]

    answers = [sign_in(fresh, password="wrong-basket").status_code, *(sign_in(fresh).status_code for _ in range(2))]

    assert answers == [401, 201, 201]
    assert fresh.get("users?username=spare").json["data"] == before
    (kept,) = (row for row in fresh.dump()["users"] if row.username == "spare")
    assert extract_parameters(kept.password_hash).memory_cost == 19_456


def test_a_password_that_is_changed_while_it_is_checked_signs_nobody_in(fresh, monkeypatch):
    renewed = passwords.renewed

    def meanwhile(kept, password):
        keep(fresh, passwords.make(NEW))
        return renewed(kept, password)

    monkeypatch.setattr(passwords, "renewed", meanwhile)

    assert_problem(sign_in(fresh), 401)
