from __future__ import annotations

import openid_provider
import pytest
from authenticator import Authenticator
from factors import make_passkey
from service import KEY
from signing_on import BACK, change, crook_running, settings

from common.settings_schema import Security


@pytest.fixture(scope="session")
def provider(tmp_path_factory):
    """A real OpenID provider."""
    with openid_provider.running(tmp_path_factory.mktemp("provider")) as provider:
        provider.sends_back_to(BACK)
        yield provider


@pytest.fixture
def crook():
    """A provider that answers as the test says."""
    with crook_running() as crook:
        yield crook


@pytest.fixture
def company(opened, provider):
    """Open a service with single sign-on; `spare` has an address that Anna proves to be hers."""

    def enter(issuer=provider.issuer, security=None, **more):
        security = security or Security(secret_key=KEY, sign_in_attempts=0)
        service = opened(sign_on=settings(issuer, **more), security=security)
        change(service, "spare", email="Anna@Shop.Example")
        provider.knows("anna", email="anna@shop.example", email_verified=True, name="Anna B.")
        return service

    return enter


@pytest.fixture
def signing(company):
    """The same under the settings that are usual."""
    return company()


@pytest.fixture
def keyed(fresh):
    """A service where `spare` has a passkey, and the passkey."""
    key = Authenticator(77, count=1)
    answer = make_passkey(fresh, key)
    assert answer.status_code == 201, answer.text
    return fresh, key
