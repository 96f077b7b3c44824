"""Settings come from three places in a fixed order, and a wrong one is named with where it stands."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from qms.settings import PREFIX, ROOT, Settings, SettingsError, load
from tests.settings.pages import PAGE, TOML, page, toml

Write = Callable[[str], Path]


@pytest.fixture(autouse=True)
def _nothing_else_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Makes a settings file and has it be the one that counts."""

    def write(text: str) -> Path:
        path = tmp_path / "office.toml"
        path.write_text(text, "utf-8")
        monkeypatch.setenv("QMS_CONFIG", str(path))
        return path

    return write


def refused(**given: object) -> list[str]:
    """What is said of settings that are not in order."""
    with pytest.raises(SettingsError) as error:
        load(**given)
    return str(error.value).split("\n")


def test_the_file_and_the_page_say_what_the_settings_are() -> None:
    """`python -m tests.settings.pages` writes both anew."""
    assert TOML.read_text("utf-8") == toml()
    assert PAGE.read_text("utf-8") == page()


def test_every_setting_says_what_it_is_for() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description.endswith("."), name


def test_the_file_that_ships_changes_nothing_with_or_without_its_marks(write: Write) -> None:
    shipped = load()
    write(toml())
    assert load() == shipped
    unmarked = re.sub(r"^# (\w+ = )", r"\1", toml(), flags=re.MULTILINE)
    assert unmarked.count("\n# ") < toml().count("\n# ")
    write(unmarked)
    assert load() == shipped


def test_the_command_line_goes_before_the_environment_and_that_before_the_file(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write('port = 1\nhost = "::1"\nspeed = 2')
    monkeypatch.setenv("QMS_PORT", "2")
    monkeypatch.setenv("QMS_HOST", "0.0.0.0")
    settings = load(port=3, host=None)
    assert (settings.port, settings.host, settings.speed) == (3, "0.0.0.0", 2.0)


def test_paths_of_the_file_are_meant_from_the_programs_folder(
    write: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write('data = "elsewhere"\nsecret_file = "/etc/qms.key"\ntls_cert = ""')
    monkeypatch.chdir(tmp_path)
    settings = load()
    assert settings.data == ROOT / "elsewhere"
    assert settings.secret_file == Path("/etc/qms.key")
    assert settings.tls_cert is None
    assert load(data=Path("here")).data == Path("here")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("port = 70000", ":1: port: Input should be less than or equal to 65535"),
        ('# a comment\n\nport = "eighty"', ":3: port: Input should be a valid integer"),
        ('host = ""', ":1: host: String should have at least 1 character"),
        ('log_level = "loud"', ":1: log_level: Input should be 'debug', 'info', 'warning' or 'error'"),
        ("\nprot = 80", ":2: prot: there is no such setting; is port meant?"),
        ("zzz = 1", ":1: zzz: there is no such setting"),
        ("[mail]\nport = 25", ":1: mail: there is no such setting"),
        ("[[port]]\na = 1", ":1: port: Input should be a valid integer"),
        ('base_path = "queue"', ":1: base_path: must be a path such as /queue"),
        ('base_path = "/queue/"', ":1: base_path: must be a path such as /queue"),
        ('public_url = "queue.example"', ":1: public_url: must be an address such as"),
        ('public_url = "https://a.test/?x"', ":1: public_url: must be an address such as"),
        (
            'trusted_proxies = ["10.0.0.1", "proxy"]',
            ":1: trusted_proxies: must be an IP address or network",
        ),
        ('"trusted_proxies" = "10.0.0.0/33"', ":1: trusted_proxies: must be an IP address or network"),
        ('sign_in_limit = "many"', ":1: sign_in_limit: must be a number and a time, such as 10/minute"),
        ('code_limit = "0/minute"', ":1: code_limit: must be a number and a time"),
        (
            'database = "mysql://root:secret@db/q"',
            ":1: database: must begin with sqlite:/// or postgresql://",
        ),
        ('tls_cert = "/no/such.pem"', ":1: tls_cert: Path does not point to a file"),
        ("speed = 0", ":1: speed: Input should be greater than 0"),
        ("max_body = 10", ":1: max_body: Input should be greater than or equal to 1000"),
        ('behind_tls = "perhaps"', ":1: behind_tls: Input should be a valid boolean"),
        ("port = 80\nport = 81", ":2: Cannot overwrite a value"),
        ("port = ", ":1: Invalid value"),
        ("a = [\n1,\n", ":3: "),
    ],
)
def test_a_fault_in_the_file_is_named_with_its_line(write: Write, text: str, said: str) -> None:
    path = write(text)
    [line] = refused()
    assert line.startswith(f"{path}{said}"), line
    assert "secret" not in line
    assert "\n" not in line


def test_several_faults_are_told_at_once(write: Write) -> None:
    path = write("port = -1\nspeed = 5000\nprot = 1")
    assert [line.partition(": ")[0] for line in refused()] == [f"{path}:{n}" for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("QMS_PORT", "x", "QMS_PORT: Input should be a valid integer"),
        ("QMS_TRUSTED_PROXIES", "10.0.0.1,x", "QMS_TRUSTED_PROXIES: must be an IP address or network"),
        ("QMS_PROT", "1", "QMS_PROT: there is no such setting; is QMS_PORT meant?"),
        ("qms_prot", "1", "qms_prot: there is no such setting; is QMS_PORT meant?"),
        ("QMS_ZZZ", "1", "QMS_ZZZ: there is no such setting"),
        ("QMS_CONFIG", "/no/such.toml", "/no/such.toml: No such file or directory"),
        ("QMS_CONFIG", "/tmp", "/tmp: Is a directory"),
    ],
)
def test_a_fault_in_a_variable_is_named_with_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    [line] = refused()
    assert line.startswith(said)


def test_a_fault_on_the_command_line_is_named_with_its_option(write: Write) -> None:
    write("port = 80\nsession_hours = 5")
    [line] = refused(port=70000)
    assert line.startswith("--port: ")
    [line] = refused(session_hours=0)
    assert line.startswith("--session-hours: ")


def test_a_certificate_needs_its_key(tmp_path: Path) -> None:
    file = tmp_path / "cert.pem"
    file.write_text("x")
    for given in ({"tls_cert": file}, {"tls_key": file}):
        assert refused(**given) == ["tls_cert and tls_key belong together: give both, or neither"]
    assert load(tls_cert=file, tls_key=file).tls


def test_a_file_that_is_not_text_is_refused(write: Write) -> None:
    path = write("")
    path.write_bytes(b"host = '\xff'")
    assert refused() == [f"{path}: must be saved as UTF-8"]


@pytest.mark.parametrize("said", ["10.0.0.1, fd00::/8", "10.0.0.1,fd00::/8,"])
def test_a_list_in_a_variable_has_commas(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setenv("QMS_TRUSTED_PROXIES", said)
    assert load().trusted_proxies == ("10.0.0.1", "fd00::/8")
    monkeypatch.setenv("QMS_TRUSTED_PROXIES", "")
    assert load().trusted_proxies == ()


def test_a_database_is_reached_by_the_driver_that_we_have() -> None:
    driven = "postgresql+psycopg://q@db/q"
    for address in ("postgres://q@db/q", "postgresql://q@db/q", driven):
        assert load(database=address).database_url == driven
    assert load(data=Path("/srv/q")).database_url == "sqlite:////srv/q/qms.db"


def test_secrets_are_not_shown() -> None:
    settings = load(database="postgresql://q:hunter2@db/q", metrics_token="hunter3")
    assert "hunter" not in repr(settings)
    assert "hunter" not in str(settings)


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load().port = 1
