import re
from dataclasses import replace
from pathlib import Path

import pytest

from common.errors import SettingsInvalid
from common.settings import Settings, declared, load, written
from common.settings_schema import Database, Security, Storage

ROOT = Path(__file__).parents[2]


def refusal(root, *, config=None, **environ):
    with pytest.raises(SettingsInvalid) as caught:
        load(root, config=config, environ=environ)
    assert "\n" not in caught.value.detail
    return caught.value.detail


def test_settings_ini_states_every_setting_with_its_default_and_comment_in_the_schemas_order():
    text = (ROOT / "settings.ini").read_text(encoding="utf-8").replace("\r\n", "\n")
    stated = []
    section = ""

    for block in re.split(r"\n\n+", text)[1:]:
        lines = block.strip().split("\n")
        section = lines.pop(0).strip("[]") if lines[0].startswith("[") else section
        comment = " ".join(line.removeprefix("# ") for line in lines[:-1])
        name, _, value = lines[-1].partition("=")
        stated.append((section, name.strip(), value.strip(), comment))

    assert stated == [(s, key.name, written(key.default), key.metadata["comment"]) for s, key in declared()]


def test_every_default_passes_its_own_rule():
    for section, key in declared():
        assert key.metadata["read"](written(key.default)) == key.default, (section, key.name)


def test_no_two_settings_share_a_name_in_the_environment():
    names = [f"{section}_{key.name}" for section, key in declared()]

    with_files = names + [f"{name}_file" for name in names]

    assert len(set(with_files)) == len(with_files)


def test_the_shipped_file_loads_as_the_defaults_beside_wsgi():
    settings = load(ROOT, environ={})

    assert settings == replace(Settings(), storage=Storage(str(ROOT / "instance")))
    assert settings.storage.path == Settings().storage.path == ROOT / "instance"


def test_a_named_file_wins_over_settings_ini_and_the_environment_over_both(tmp_path):
    (tmp_path / "settings.ini").write_text("[server]\nport=1\nthreads=2\nhost=::1\n", encoding="utf-8")
    (tmp_path / "own.ini").write_text("[server]\nport=2\nthreads=3\n", encoding="utf-8")

    settings = load(tmp_path, environ={"STOREKEEPER_CONFIG": "own.ini", "STOREKEEPER_SERVER_PORT": "3"})

    assert (settings.server.host, settings.server.threads, settings.server.port) == ("::1", 3, 3)


def test_the_command_lines_file_wins_over_the_environments(tmp_path):
    (tmp_path / "a.ini").write_text("[shop]\nname=A\n", encoding="utf-8")
    (tmp_path / "b.ini").write_text("[shop]\nname=B\n", encoding="utf-8")

    settings = load(tmp_path, config=tmp_path / "a.ini", environ={"STOREKEEPER_CONFIG": str(tmp_path / "b.ini")})

    assert settings.shop.name == "A"


def test_a_value_may_stand_in_a_file(tmp_path):
    (tmp_path / "key").write_text("ö" * 16 + "0123456789abcdef\r\n", encoding="utf-8-sig", newline="")

    settings = load(tmp_path, environ={"STOREKEEPER_SECURITY_SECRET_KEY_FILE": "key"})

    assert settings.security.secret_key == "ö" * 16 + "0123456789abcdef"


def test_the_logs_file_is_a_setting_and_not_a_secrets_file(tmp_path):
    settings = load(tmp_path, environ={"STOREKEEPER_LOG_FILE": "shop.log"})

    assert settings.log_file == tmp_path / "instance" / "shop.log"


def test_a_value_and_its_file_together_are_refused(tmp_path):
    environ = {"STOREKEEPER_SHOP_NAME": "A", "STOREKEEPER_SHOP_NAME_FILE": "name"}

    assert "STOREKEEPER_SHOP_NAME_FILE and STOREKEEPER_SHOP_NAME are both set" in refusal(tmp_path, **environ)


def test_names_that_are_no_settings_pass(tmp_path):
    environ = {"STOREKEEPER_PASSWORD": "x", "STOREKEEPER_TEST_DATABASES": "y", "STOREKEEPER": "z", "PATH": "p"}

    assert load(tmp_path, environ=environ).server.port == 8080


def test_byte_order_mark_line_ends_percent_blanks_indents_and_comments_are_read(tmp_path):
    text = (
        "# café\r\n[Shop]\r\n\r\n  Name =  50 % Späti \r\n; port = x\r\n[database]\r\nurl=postgresql://u:a%40b@h/d\r\n"
    )
    (tmp_path / "settings.ini").write_text(text, encoding="utf-8-sig", newline="")

    settings = load(tmp_path, environ={})

    assert settings.shop.name == "50 % Späti"
    assert settings.database_url.password == "a@b"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_named_as_such(tmp_path, encoding):
    (tmp_path / "settings.ini").write_bytes("[server]\nport=1\n".encode(encoding))

    assert "settings.ini is UTF-16; save it as UTF-8" in refusal(tmp_path)


def test_another_encoding_is_refused(tmp_path):
    (tmp_path / "settings.ini").write_bytes("[shop]\nname=Café\n".encode("cp1252"))

    assert "settings.ini is not UTF-8" in refusal(tmp_path)


def test_everything_wrong_in_every_place_is_said_in_one_line(tmp_path):
    ini = "[server]\nport=abc\nthread=4\nport=8080\nnonsense\n[DEFAULT]\nhost=::1\n[server\n"
    (tmp_path / "settings.ini").write_text(ini, encoding="utf-8")

    said = refusal(tmp_path, STOREKEEPER_SERVER_PROT="1", STOREKEEPER_LOG_LEVEL="loud", STOREKEEPER_CONFIG="none.ini")

    for part in (
        "settings.ini:2 [server] port must be a whole number from 0 to 65535",
        "settings.ini:3 [server] thread is unknown (is threads meant?)",
        "settings.ini:4 [server] port is set already in line 2",
        "settings.ini:5 is neither [section] nor key = value",
        "settings.ini:7 [default] host is unknown",
        "settings.ini:8 is neither",
        "STOREKEEPER_SERVER_PROT is unknown (is STOREKEEPER_SERVER_PORT meant?)",
        "STOREKEEPER_LOG_LEVEL must be one of debug, info, warning, error",
        "none.ini cannot be read",
    ):
        assert part in said


def test_a_wrong_value_is_refused_even_where_another_one_covers_it(tmp_path):
    (tmp_path / "settings.ini").write_text("[server]\nport=abc\n", encoding="utf-8")

    assert "[server] port" in refusal(tmp_path, STOREKEEPER_SERVER_PORT="1")


@pytest.mark.parametrize("url", ["postgresql://u@h/d", "postgresql+psycopg://u@h/d", "postgres://u@h/d"])
def test_postgresql_is_reached_through_psycopg(url):
    assert Settings(database=Database(url=url)).database_url.drivername == "postgresql+psycopg"


@pytest.mark.parametrize(
    "url", ["mariadb://u@h/d", "mysql://u@h/d", "mariadb+pymysql://u@h/d", "mysql+pymysql://u@h/d"]
)
def test_mariadb_is_reached_through_pymysql(url):
    assert Settings(database=Database(url=url)).database_url.drivername == "mariadb+pymysql"


def test_relative_paths_start_at_wsgi_or_in_the_data_folder_wherever_the_shell_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path.parent)
    root = tmp_path / "shop é"
    environ = {
        "STOREKEEPER_STORAGE_FOLDER": "data",
        "STOREKEEPER_DATABASE_URL": "sqlite:///stock.db",
        "STOREKEEPER_LOG_FILE": "logs/a.log",
    }

    settings = load(root, environ=environ)

    assert settings.storage.path == root / "data"
    assert settings.database_url.database == str(root / "data" / "stock.db")
    assert settings.log_file == root / "data" / "logs" / "a.log"


def test_absolute_paths_stay(tmp_path):
    environ = {
        "STOREKEEPER_STORAGE_FOLDER": str(tmp_path / "elsewhere"),
        "STOREKEEPER_DATABASE_URL": f"sqlite:///{tmp_path / 'stock.db'}",
    }

    settings = load(tmp_path / "root", environ=environ)

    assert settings.storage.path == tmp_path / "elsewhere"
    assert settings.database_url.database == str(tmp_path / "stock.db")


def test_without_a_url_the_database_is_a_file_in_the_data_folder(tmp_path):
    settings = load(tmp_path, environ={})

    assert settings.database_url.database == str(tmp_path / "instance" / "storekeeper.db")


def test_the_data_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "instance").write_text("a file", encoding="utf-8")

    with pytest.raises(SettingsInvalid, match=r"\[storage\] folder"):
        load(tmp_path, environ={}).storage.create()


def test_what_is_described_says_where_it_came_from(tmp_path):
    (tmp_path / "settings.ini").write_text("[server]\nthreads=3\n", encoding="utf-8")

    rows = load(tmp_path, environ={"STOREKEEPER_SERVER_PORT": "9"}).describe()

    assert ("server", "threads", "3", f"{tmp_path / 'settings.ini'}:2") in rows
    assert ("server", "port", "9", "STOREKEEPER_SERVER_PORT") in rows
    assert ("access", "public_catalogue", "no", "default") in rows
    assert [row[:2] for row in rows] == [(section, key.name) for section, key in declared()]


def test_secrets_are_hidden_wherever_settings_are_shown():
    settings = Settings(
        database=Database(url="postgresql://u:hunter2@h/d?sslpassword=hunter3"),
        security=Security(secret_key="hunter4" * 6),
    )

    shown = f"{settings!r} {settings} {settings.describe()}"

    assert "hunter" not in shown
    assert "postgresql+psycopg://u:***@h/d" in shown
