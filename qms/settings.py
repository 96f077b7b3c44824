"""Every setting, once: name, default, help. Read from `config/qms.toml`, then from `QMS_…` variables."""

import os
import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    FilePath,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

ROOT = Path(__file__).parent.parent
PREFIX = "QMS_"
SQLITE, POSTGRESQL = "sqlite:///", "postgresql+psycopg://"


class SettingsError(Exception):
    """What is wrong with the settings, in plain words: a line for each fault."""


def _database(address: str) -> str:
    address = re.sub("^postgres(ql)?://", POSTGRESQL, address)
    if address and not address.startswith((SQLITE, POSTGRESQL)):
        raise PydanticCustomError("database", "must begin with sqlite:/// or postgresql://")
    return address


def _networks(given: Any) -> Any:
    """Variables and options hold them with commas between."""
    return [one.strip() for one in given.split(",") if one.strip()] if isinstance(given, str) else given


def _network(address: str) -> str:
    try:
        ip_network(address, strict=False)
    except ValueError:
        raise PydanticCustomError("network", "must be an IP address or network, such as 10.0.0.1") from None
    return address


def _unset(given: Any) -> Any:
    """An empty path is none."""
    return None if given == "" else given


def _limit(rule: str) -> str:
    if not re.fullmatch("[1-9][0-9]{0,8}/(second|minute|hour|day)", rule):
        raise PydanticCustomError("limit", "must be a number and a time, such as 10/minute")
    return rule


def _address(url: str) -> str:
    if url and not re.fullmatch(r"https?://[A-Za-z0-9.\[\]:-]+(/[A-Za-z0-9_-]+)*/?", url):
        raise PydanticCustomError("address", "must be an address such as https://queue.example")
    return url.rstrip("/")


def _base_path(path: str) -> str:
    if not re.fullmatch("(/[A-Za-z0-9_-]+)*", path):
        raise PydanticCustomError("base_path", "must be a path such as /queue, without a slash at its end")
    return path


def _mailbox(address: str) -> str:
    if address and not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,189}", address):
        raise PydanticCustomError("mailbox", "must be an e-mail address such as office@town.example")
    return address


def _contact(given: str) -> str:
    if given and not re.fullmatch(r"mailto:[^@\s]+@[A-Za-z0-9.-]+|https://[A-Za-z0-9.-]+(/[!-~]*)?", given):
        raise PydanticCustomError("contact", "must begin with mailto: or https://")
    return given


def _web(url: str) -> str:
    if url and not re.fullmatch(r"https?://[A-Za-z0-9.\[\]:-]+(/[!-~]*)?", url):
        raise PydanticCustomError("web", "must be an address such as https://sms.example/send")
    return url


Contact = Annotated[str, AfterValidator(_contact)]
Web = Annotated[str, AfterValidator(_web)]
Limit = Annotated[str, AfterValidator(_limit)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]
SomePath = Annotated[Path | None, BeforeValidator(_unset)]
SomeFile = Annotated[FilePath | None, BeforeValidator(_unset)]


class Settings(BaseSettings):
    """The settings of one server; read once, passed on as values."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data: Path = Field(ROOT / "var", description="Folder of the embedded database and the secret keys.")
    database: Annotated[str, AfterValidator(_database)] = Field(
        "",
        repr=False,  # it may hold a password
        description="Database address (postgresql://…); empty: an embedded SQLite database in the data folder.",
    )
    secret_file: SomePath = Field(
        None,
        description="File with the secret keys, one a line, newest first; "
        "without it one is made in the data folder.",
    )
    host: str = Field("127.0.0.1", min_length=1, description="Address on which the server listens.")
    port: int = Field(
        8000, ge=0, le=65535, description="Port on which the server listens; 0: any free one."
    )
    base_path: Annotated[str, AfterValidator(_base_path)] = Field(
        "", description="Path under which a proxy shows the server, whether it strips that path or not."
    )
    public_url: Annotated[str, AfterValidator(_address)] = Field(
        "",
        description="Address that people use, with the base path, for links and QR codes; "
        "empty: as the request came in.",
    )
    trusted_proxies: Annotated[
        tuple[Annotated[str, AfterValidator(_network)], ...], BeforeValidator(_networks), NoDecode
    ] = Field((), description="Addresses or networks of proxies whose X-Forwarded headers are believed.")
    tls_cert: SomeFile = Field(None, description="Certificate chain (PEM); with tls_key: serve HTTPS.")
    tls_key: SomeFile = Field(None, description="Private key (PEM) of the certificate.")
    behind_tls: bool = Field(
        False, description="A proxy in front speaks HTTPS: secure cookies and HSTS are used."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least weight of what is logged."
    )
    max_body: int = Field(64_000, ge=1_000, le=10_000_000, description="Largest request body, in bytes.")
    picture_megabytes: int = Field(
        5, ge=1, le=50, description="Largest picture that may be uploaded for screens, in megabytes."
    )
    video_megabytes: int = Field(
        100, ge=1, le=1_000, description="Largest video that may be uploaded for screens, in megabytes."
    )
    media_megabytes: int = Field(
        500, ge=1, le=100_000, description="Pictures and videos of a hall in all, in megabytes."
    )
    session_idle_minutes: int = Field(
        600, ge=5, le=10_080, description="A staff session ends after so many minutes without use."
    )
    session_hours: int = Field(
        16, ge=1, le=720, description="A staff session ends after so many hours in any case."
    )
    pairing_minutes: int = Field(
        15, ge=1, le=1_440, description="A device's pairing code is good for so many minutes."
    )
    sign_in_limit: Limit = Field("10/minute", description="Sign-in attempts from one network.")
    sign_in_account_limit: Limit = Field("30/hour", description="Sign-in attempts for one account.")
    code_limit: Limit = Field("10/minute", description="Attempts at one-time codes from one network.")
    check_in_limit: Limit = Field(
        "30/minute", description="Attempts to check in from one device, member of staff or network."
    )
    public_limit: Limit = Field(
        "120/minute", description="Public posts and ticket look-ups from one network."
    )
    join_limit: Limit = Field(
        "10/hour",
        description="Numbers taken from home from one network without the task against robots, "
        "in halls that set one.",
    )
    hold_limit: Limit = Field(
        "120/hour", description="Times that people set aside for themselves from one network."
    )
    speech_limit: Limit = Field(
        "120/minute", description="Calls that the server speaks for one device or member of staff."
    )
    metrics_token: Annotated[str, StringConstraints(pattern=r"^[!-~]*$")] = Field(
        "", repr=False, description="Bearer token for /metrics; empty: only from the machine itself."
    )
    mail_host: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:-]*$")] = Field(
        "", description="Mail server (SMTP); empty: messages stay queued and none is sent."
    )
    mail_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    mail_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the way to the mail server is encrypted."
    )
    mail_user: str = Field("", description="Name by which the mail server knows this one; empty: none.")
    mail_password: str = Field("", repr=False, description="Password for that name.")
    mail_from: Mailbox = Field("", description="Address that messages come from.")
    mail_copy_to: Mailbox = Field(
        "", description="Address that is told of every booking made, moved or cancelled; empty: none."
    )
    push: bool = Field(
        False,
        description="Browsers are told when a turn is near (Web Push); it needs the internet, for each "
        "browser is reached by a service of its maker.",
    )
    push_contact: Contact = Field(
        "",
        description="How those services reach whoever runs this server: mailto:… or https://…; "
        "empty: mail_from.",
    )
    sms_url: Web = Field(
        "", description="Gateway for text messages (HTTP POST of JSON); empty: none are sent."
    )
    sms_token: Annotated[str, StringConstraints(pattern=r"^[!-~]*$")] = Field(
        "", repr=False, description="Bearer token for the gateway; empty: none."
    )
    sms_from: Annotated[str, StringConstraints(pattern=r"^[ -~]{0,15}$")] = Field(
        "", description="Number or name that text messages come from."
    )
    speed: float = Field(
        1.0, gt=0, le=1000, description="Business seconds per second of the machine; for trials only."
    )

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise PydanticCustomError("tls", "tls_cert and tls_key belong together: give both, or neither")
        if self.mail_host and not self.mail_from:
            raise PydanticCustomError(
                "mail", "mail_host needs mail_from: the address that messages come from"
            )
        if self.push and not self.contact:
            raise PydanticCustomError(
                "push", "push needs push_contact, or mail_from: push services ask who sends"
            )
        if self.mail_user and self.mail_security == "none":
            raise PydanticCustomError(
                "mail", "mail_user needs mail_security: a password is not sent in the clear"
            )
        return self

    @property
    def database_url(self) -> str:
        """The database's address, with the default filled in."""
        return self.database or f"{SQLITE}{self.data / 'qms.db'}"

    @property
    def contact(self) -> str:
        """How push services reach whoever runs this server; empty: not said."""
        return self.push_contact or (f"mailto:{self.mail_from}" if self.mail_from else "")

    @property
    def tls(self) -> bool:
        """Whether people reach the server by HTTPS."""
        return self.behind_tls or self.tls_cert is not None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The command line first, then the environment, then the file."""
        return init_settings, env_settings, _File(settings_cls, _file())


PATHS = ("data", "secret_file", "tls_cert", "tls_key")


class _File(TomlConfigSettingsSource):
    """The file. Its paths are meant from the program's folder, wherever the program was started."""

    def __call__(self) -> dict[str, Any]:
        values = super().__call__()
        given = {name: values[name] for name in PATHS if name in values}
        paths = {name: ROOT / path for name, path in given.items() if isinstance(path, str) and path}
        return values | paths


def _file() -> Path:
    return Path(os.environ.get(f"{PREFIX}CONFIG") or ROOT / "config" / "qms.toml")


def load(**given: Any) -> Settings:
    """The settings in force; raises SettingsError that names each fault and where it stands.

    `given` comes from the command line and wins; None is not given. A `QMS_…` variable that is no
    setting is refused.
    """
    options = {name: value for name, value in given.items() if value is not None}
    text = _read(_file())
    strange = [_no_such(name) for name in sorted(os.environ) if _is_strange(name)]
    if strange:
        raise SettingsError("\n".join(strange))
    try:
        return Settings(**options)
    except ValidationError as error:
        faults = [_fault(item, options, text) for item in error.errors(include_input=False)]
        raise SettingsError("\n".join(faults)) from None


def _read(file: Path) -> str:
    """The file's text, where it is there and is TOML; raises SettingsError."""
    if not file.exists() and f"{PREFIX}CONFIG" not in os.environ:
        return ""
    try:
        text = file.read_text("utf-8")
        tomllib.loads(text)
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{file}: must be saved as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+)", str(error))
        line = at[1] if at else str(text.count("\n") + 1)
        raise SettingsError(f"{file}:{line}: {str(error).partition(' (at ')[0]}") from None
    return text


def _is_strange(variable: str) -> bool:
    name = variable.upper()
    known = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields} | {f"{PREFIX}CONFIG"}
    return name.startswith(PREFIX) and name not in known


def _no_such(name: str) -> str:
    """Says that a setting or variable does not exist, and which was perhaps meant."""
    bare = name.upper().removeprefix(PREFIX).lower()
    near = get_close_matches(bare, Settings.model_fields, 1)
    shown = near[0] if near and bare == name else f"{PREFIX}{near[0].upper()}" if near else ""
    return f"{name}: there is no such setting" + (f"; is {shown} meant?" if shown else "")


def _fault(item: ErrorDetails, options: Mapping[str, Any], text: str) -> str:
    """One fault: where it stands, which setting, what is wrong. Values are not shown: some are secret."""
    name = str(item["loc"][0]) if item["loc"] else ""
    said = item["msg"]
    if name in options:
        return f"--{name.replace('_', '-')}: {said}"
    variable = f"{PREFIX}{name.upper()}"
    if name and variable in {known.upper() for known in os.environ}:
        return f"{variable}: {said}"
    line = next((n for n, at in enumerate(text.splitlines(), 1) if _names(at, name)), None)
    if line is None:
        return f"{name}: {said}" if name else said
    where = f"{_file()}:{line}: "
    return where + (_no_such(name) if item["type"] == "extra_forbidden" else f"{name}: {said}")


def _names(line: str, name: str) -> bool:
    """Whether a line of the file gives a value, or a table, to this name."""
    return bool(name) and re.match(rf"""\s*\[*\s*["']?{re.escape(name)}["']?\s*[=.\]]""", line) is not None
