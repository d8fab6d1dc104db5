"""How tests sign in with a second factor."""

from __future__ import annotations

import time

import pyotp
import shop_data

PASSWORD = shop_data.PASSWORD
CONFIRMED = {"current_password": PASSWORD}
STEP = 30


def sign_in(service, username="spare", password=PASSWORD, **more):
    """Send a pair and what goes along with it, signed in as nobody."""
    return service.post("session", {"username": username, "password": password, **more}, role=None)


def cookie_of(answer):
    return {"Cookie": answer.headers["Set-Cookie"].split(";")[0]}


def is_in(service, headers):
    return service.get("session", role=None, headers=headers).status_code == 200


def id_of(service, role):
    return service.get("session", role=role).json["id"]


def change(service, noun, body, role="spare", headers=None):
    """Post to a noun below the caller's own user."""
    return service.send("POST", f"users/{id_of(service, role)}/{noun}", role=role, body=body, headers=headers)


def set_up_app(service, role="spare"):
    """Set up an authenticator app as a person does; returns what it shows, by steps from now, and the recovery codes.

    The code that confirms is that of the step before, so that the one of now is fresh.
    """
    proposed = change(service, "totp", {"current_password": PASSWORD}, role)
    assert proposed.status_code == 201, proposed.text
    app = pyotp.TOTP(proposed.json["totp_setup"]["secret"])
    if time.time() % STEP > STEP - 1:
        time.sleep(1)  # not across the border of two steps
    moment = time.time()
    confirmed = change(service, "totp/confirmation", {"code": app.at(moment - STEP)}, role)
    assert confirmed.status_code == 201, confirmed.text
    return lambda steps=0: app.at(moment + steps * STEP), confirmed.json["recovery_codes"]


def make_passkey(service, key, role="spare", name="my phone"):
    begun = change(service, "passkey-challenges", CONFIRMED, role)
    assert begun.status_code == 201, begun.text
    return change(service, "passkeys", {"name": name, "credential": key.create(begun.json["options"])}, role)


def challenge_of(service, **kwargs):
    return service.post("passkey-challenges", {}, role=None, **kwargs).json["options"]


def sign_in_alone(service, key, options=None):
    return service.post("session", {"passkey": key.get(options or challenge_of(service))}, role=None)
