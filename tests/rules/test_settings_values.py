import pytest

from common.access import Role
from common.errors import SettingsInvalid
from common.settings import load


def refusal(root, **environ):
    with pytest.raises(SettingsInvalid) as caught:
        load(root, environ=environ)
    return caught.value.detail


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SERVER_PORT", "-1"),
        ("SERVER_PORT", "65536"),
        ("SERVER_PORT", "8_080"),
        ("SERVER_PORT", "٨"),
        ("SERVER_PORT", ""),
        ("SERVER_PORT", "9" * 5000),
        ("SERVER_HOST", ""),
        ("SERVER_HOST", "http://localhost"),
        ("SERVER_THREADS", "1"),
        ("SERVER_TRUSTED_PROXY", "10.0.0"),
        ("SERVER_TRUSTED_PROXY_HEADERS", "x-real-ip"),
        ("SERVER_TRUSTED_PROXY_HEADERS", "forwarded x-forwarded-for"),
        ("STORAGE_FOLDER", ""),
        ("SECURITY_TRUSTED_ORIGINS", "shop.example"),
        ("SECURITY_TRUSTED_ORIGINS", "https://shop.example/app"),
        ("SECURITY_TRUSTED_ORIGINS", "https://*.example"),
        ("SECURITY_TRUSTED_ORIGINS", "https://u@shop.example"),
        ("SECURITY_TRUSTED_ORIGINS", "https://shop.example:port"),
        ("SECURITY_TRUSTED_ORIGINS", "https://[::1"),
        ("SECURITY_TRUSTED_ORIGINS", "null"),
        ("SECURITY_PASSWORD_MINIMUM", "7"),
        ("ACCESS_PUBLIC_CATALOGUE", "maybe"),
        ("SIGN_ON_ISSUER", "idp.example"),
        ("SIGN_ON_ISSUER", "http://idp.example"),
        ("SIGN_ON_ISSUER", "http://127.0.0.1.evil.example"),
        ("SIGN_ON_ISSUER", "https://u:p@idp.example"),
        ("SIGN_ON_ISSUER", "https://idp.example/?a=b"),
        ("SIGN_ON_ISSUER", "https://idp.example/#a"),
        ("SIGN_ON_ISSUER", "https://idp example"),
        ("SIGN_ON_ISSUER", "https://[::1"),
        ("SIGN_ON_ISSUER", "https://idp.example:port"),
        ("SIGN_ON_ISSUER", "file:///etc/passwd"),
        ("SIGN_ON_LABEL", ""),
        ("SIGN_ON_PROMPT", "none"),
        ("SIGN_ON_TRUST_ADDRESSES", "maybe"),
        ("SIGN_ON_DOMAINS", "@shop.example"),
        ("SIGN_ON_DOMAINS", "shop.example, other.example"),
        ("SIGN_ON_DOMAINS", "*.shop.example"),
        ("SIGN_ON_DEFAULT_ROLE", "admin"),
        ("SIGN_ON_ROLES", "Tills"),
        ("SIGN_ON_ROLES", "Tills: owner"),
        ("SIGN_ON_ROLES", ": clerk"),
        ("SIGN_ON_ROLES", "Tills: clerk;"),
        ("SHOP_NAME", "two\nlines"),
        ("SHOP_CURRENCY", "EURO"),
        ("SHOP_TIMEZONE", "Mars/Base"),
        ("SHOP_TIMEZONE", "Europe"),
        ("SHOP_TIMEZONE", "../UTC"),
        ("SHOP_TIMEZONE", ""),
        ("LOG_FORMAT", "xml"),
        ("DATABASE_URL", "oracle://h/d"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "sqlite:///a.db?mode=ro"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "postgresql://h:port/d"),
    ],
)
def test_a_value_of_the_wrong_kind_or_out_of_range_is_refused_by_name(tmp_path, name, value):
    assert f"STOREKEEPER_{name} " in refusal(tmp_path, **{f"STOREKEEPER_{name}": value})


def test_a_wrong_database_url_is_not_repeated(tmp_path):
    for url in ("oracle://u:hunter2@h/d", "postgresql://u:hunter2@h:x/d"):
        assert "hunter2" not in refusal(tmp_path, STOREKEEPER_DATABASE_URL=url)


def test_lists_and_words_are_read_in_the_form_that_they_are_compared_in(tmp_path):
    settings = load(
        tmp_path,
        environ={
            "STOREKEEPER_SECURITY_TRUSTED_ORIGINS": "https://Shop.Example:443  http://[::1]:5173",
            "STOREKEEPER_SERVER_TRUSTED_PROXY": "0:0:0:0:0:0:0:1",
            "STOREKEEPER_ACCESS_PUBLIC_CATALOGUE": "Yes",
            "STOREKEEPER_SHOP_CURRENCY": "jpy",
        },
    )

    assert settings.security.trusted_origins == ("https://shop.example", "http://[::1]:5173")
    assert settings.server.trusted_proxy == "::1"
    assert settings.access.public_catalogue is True
    assert (settings.shop.currency, settings.currency_decimals) == ("JPY", 0)


@pytest.mark.parametrize(
    "issuer",
    ["https://idp.example/tenant/v2.0", "http://127.0.0.1:9400", "http://localhost:1", "http://[::1]:8080/", ""],
)
def test_an_issuer_stays_as_it_calls_itself(tmp_path, issuer):
    environ = {"STOREKEEPER_SIGN_ON_ISSUER": issuer, "STOREKEEPER_SIGN_ON_CLIENT_ID": "x"}

    assert load(tmp_path, environ=environ).sign_on.issuer == issuer


def test_what_a_claim_gives_is_read_with_colons_and_blanks_in_it(tmp_path):
    text = "Shop managers: Manager; urn:shop:tills:clerk;CN=Bosses,OU=x : admin"
    environ = {"STOREKEEPER_SIGN_ON_ROLE_CLAIM": "groups", "STOREKEEPER_SIGN_ON_ROLES": text}

    assert load(tmp_path, environ=environ).sign_on.role_of == {
        "Shop managers": Role.MANAGER,
        "urn:shop:tills": Role.CLERK,
        "CN=Bosses,OU=x": Role.ADMIN,
    }


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"ISSUER": "https://idp.example"}, "[sign_on] client_id must"),
        ({"MAKE_ACCOUNTS": "yes"}, "[sign_on] domains must"),
        ({"ROLE_CLAIM": "groups"}, "[sign_on] role_claim and roles must"),
        ({"ROLES": "Tills: clerk"}, "[sign_on] role_claim and roles must"),
    ],
)
def test_what_does_not_go_together_stops_the_start(tmp_path, given, sentence):
    assert sentence in refusal(tmp_path, **{f"STOREKEEPER_SIGN_ON_{name}": value for name, value in given.items()})
