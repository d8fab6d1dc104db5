"""Id tokens that lie: each is refused, whatever it says and whoever signed it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from openid_provider import CLIENT_ID
from signing_on import KEY, OTHER_KEY, Browser, Crook, refusal

MINUTES = timedelta(minutes=1)
LIES = {
    "a wrong nonce": {"nonce": "another"},
    "no nonce": {"nonce": ...},
    "a nonce that is no text": {"nonce": ["x"]},
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": ...},
    "an issuer with a slash more": {"iss": "{issuer}/"},
    "another audience": {"aud": "another-service"},
    "no audience": {"aud": ...},
    "an empty audience": {"aud": []},
    "an audience that contains the name": {"aud": f"{CLIENT_ID}-test"},
    "several audiences and nobody that it was given to": {"aud": [CLIENT_ID, "another"]},
    "several audiences, given to another": {"aud": [CLIENT_ID, "another"], "azp": "another"},
    "given to another": {"azp": "another"},
    "expired": {"exp": -10 * MINUTES, "iat": -15 * MINUTES},
    "no end": {"exp": ...},
    "an end that is no number": {"exp": "tomorrow"},
    "from the future": {"iat": 15 * MINUTES, "exp": timedelta(days=365)},
    "not yet valid": {"nbf": 15 * MINUTES},
    "no beginning": {"iat": ...},
    "no subject": {"sub": ...},
    "an empty subject": {"sub": ""},
    "a subject that is no text": {"sub": 7},
    "a long subject": {"sub": "x" * 300},
    "a subject that no database keeps": {"sub": "x\0"},
    "a subject that is half a letter": {"sub": "x\ud800"},
    "the hash of another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
}


@pytest.fixture
def crooked(company, crook):
    return company(crook.issuer)


def test_a_token_that_is_right_is_believed(crooked, crook):
    browser = Browser(crooked)

    assert crook.returns(browser).headers["Location"] == "/app/"
    assert browser.me["username"] == "spare"


@pytest.mark.parametrize(
    "right", [{"aud": [CLIENT_ID]}, {"aud": [CLIENT_ID, "x"], "azp": CLIENT_ID}, {"iat": MINUTES / 2}]
)
def test_what_a_token_may_say_it_says_unpunished(crooked, crook, right):
    crook.claims = right

    assert crook.returns(Browser(crooked)).headers["Location"] == "/app/"


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_token_that_lies_is_refused(crooked, crook, lie):
    crook.claims = {k: v.format(issuer=crook.issuer) if isinstance(v, str) else v for k, v in lie.items()}
    browser = Browser(crooked)

    assert refusal(crook.returns(browser)) == "invalid"
    assert browser.me is None


def test_nobody_but_the_issuer_signs(crooked, crook):
    crook.key = OTHER_KEY

    assert refusal(crook.returns(Browser(crooked))) == "invalid"


def test_a_token_that_nobody_signed_is_refused(crooked, crook):
    crook.algorithm, crook.key = "none", None

    assert refusal(crook.returns(Browser(crooked))) == "invalid"


def test_the_public_key_is_no_shared_secret(crooked, crook, monkeypatch):
    # PyJWT itself refuses to sign so.
    monkeypatch.setattr("jwt.algorithms.HMACAlgorithm.prepare_key", lambda _self, key: key)
    crook.algorithm, crook.key = "HS256", Crook.public_pem(KEY)

    assert refusal(crook.returns(Browser(crooked))) == "invalid"


def test_the_clients_secret_signs_nothing(crooked, crook):
    crook.algorithm, crook.key = "HS256", "a-secret-of-forty-letters-that-nobody-knows"
    crook.keys.append({"kty": "oct", "kid": "one", "k": "YS1zZWNyZXQ"})

    assert refusal(crook.returns(Browser(crooked))) == "invalid"


def test_a_key_that_the_token_brings_along_is_not_believed(crooked, crook):
    crook.key = OTHER_KEY
    crook.header = {"kid": "one", "jwk": Crook.published(OTHER_KEY, "one"), "jku": f"{crook.issuer}/keys"}

    assert refusal(crook.returns(Browser(crooked))) == "invalid"


def test_a_key_for_something_else_than_signing_is_not_believed(crooked, crook):
    crook.keys = [Crook.published(KEY, "one") | {"use": "enc"}]

    assert refusal(crook.returns(Browser(crooked))) == "invalid"


@pytest.mark.parametrize("token", [None, "", "a.b", "a.b.c", 7, ["x"], "é.é.é", "x" * 100_000])
def test_what_is_no_token_is_refused(crooked, crook, monkeypatch, token):
    monkeypatch.setattr(crook, "token", lambda: token)

    assert refusal(crook.returns(Browser(crooked))) in {"invalid", "away"}


def test_new_keys_are_fetched_once_for_a_token_that_names_one(crooked, crook):
    crook.returns(Browser(crooked))
    crook.key, crook.header, crook.keys = OTHER_KEY, {"kid": "two"}, [Crook.published(OTHER_KEY, "two")]
    crook.claims, crook.asked = {}, []

    assert crook.returns(Browser(crooked)).headers["Location"] == "/app/"
    assert crook.asked == ["/token", "/keys"]


def test_an_unknown_key_is_looked_for_once_and_no_more(crooked, crook):
    crook.returns(Browser(crooked))
    crook.header, crook.claims, crook.asked = {"kid": "three"}, {}, []

    assert refusal(crook.returns(Browser(crooked))) == "invalid"
    assert crook.asked == ["/token", "/keys"]


def test_what_is_published_is_read_once_while_it_is_fresh(crooked, crook):
    for _ in range(3):
        crook.returns(Browser(crooked))
        crook.claims = {}

    assert crook.asked.count("/keys") == crook.asked.count("/.well-known/openid-configuration") == 1


def test_keys_that_nobody_understands_do_not_spoil_those_beside_them(crooked, crook):
    crook.keys = [{"kty": "PQ", "kid": "x"}, {"kty": "RSA", "kid": "y"}, 7, {}, *crook.keys]

    assert crook.returns(Browser(crooked)).headers["Location"] == "/app/"


def test_the_answer_of_another_provider_is_refused(crooked, crook):
    assert refusal(crook.returns(Browser(crooked), iss="https://evil.example")) == "invalid"


def test_who_says_that_it_names_itself_must_do_so(crooked, crook):
    crook.more = {"authorization_response_iss_parameter_supported": True}

    assert refusal(crook.returns(Browser(crooked))) == "invalid"
    crook.claims = {}
    assert crook.returns(Browser(crooked), iss=crook.issuer).headers["Location"] == "/app/"


def test_what_is_told_beside_the_token_must_be_of_the_same_person(crooked, crook):
    crook.more = {"userinfo_endpoint": f"{crook.issuer}/userinfo"}
    crook.claims = {"email": ..., "email_verified": ...}
    crook.told = {"sub": "somebody-else", "email": "anna@shop.example", "email_verified": True}

    assert refusal(crook.returns(Browser(crooked))) == "invalid"


def test_an_address_and_its_being_verified_come_from_one_source(crooked, crook):
    crook.more = {"userinfo_endpoint": f"{crook.issuer}/userinfo"}
    crook.claims = {"email": ..., "email_verified": True}
    crook.told = {"sub": "anna-at-the-crook", "email": "anna@shop.example"}

    assert refusal(crook.returns(Browser(crooked))) == "unverified"


@pytest.mark.parametrize(
    ("in_token", "told", "word"),
    [
        ({"email_verified": ...}, {"email": "anna@shop.example", "email_verified": True}, None),
        ({"email_verified": ...}, {"email": "anna@shop.example", "email_verified": False}, "unverified"),
        ({"email_verified": ...}, {"email": "eve@shop.example", "email_verified": True}, "unknown"),
        ({"email_verified": ...}, {"email_verified": True}, "unverified"),
        ({"email_verified": ...}, {}, "unverified"),
        ({"email_verified": False}, {"email": "anna@shop.example", "email_verified": True}, "unverified"),
    ],
)
def test_a_provider_may_vouch_for_an_address_where_it_is_asked_for_it_alone(crooked, crook, in_token, told, word):
    crook.more = {"userinfo_endpoint": f"{crook.issuer}/userinfo"}
    crook.claims, crook.told = in_token, {"sub": "anna-at-the-crook"} | told

    answer = crook.returns(Browser(crooked))

    assert answer.headers["Location"] == (f"/app/sign-in?refused={word}" if word else "/app/")


def test_where_addresses_are_trusted_the_token_does(company, crook):
    crook.more = {"userinfo_endpoint": f"{crook.issuer}/userinfo"}
    crook.claims = {"email_verified": ...}

    answer = crook.returns(Browser(company(crook.issuer, trust_addresses=True)))

    assert answer.headers["Location"] == "/app/"
    assert "/userinfo" not in crook.asked


def test_an_address_that_only_looks_like_one_is_another(crooked, crook):
    crook.claims = {"email": "\uff41nna@shop.example"}  # folded, it would be Anna's

    assert refusal(crook.returns(Browser(crooked))) in {"taken", "unverified", "unknown"}
