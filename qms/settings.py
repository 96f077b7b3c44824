"""Every setting, once: name, default, help. Read from `config/qms.toml`, then from `QMS_…` variables."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

ROOT = Path(__file__).parent.parent
PREFIX = "QMS_"


class SettingsError(Exception):
    """What is wrong with the settings, in plain words."""


class Settings(BaseSettings):
    """The settings of one server; read once, passed on as values."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data: Path = Field(ROOT / "var", description="Folder of the embedded database and the secret key.")
    database: str = Field(
        "", description="Database address; empty: an embedded SQLite database in the data folder."
    )
    secret_file: Path | None = Field(
        None,
        description="File with the secret keys, one a line, newest first; made in the data folder if missing.",
    )
    host: str = Field("127.0.0.1", description="Address on which the server listens.")
    port: int = Field(8000, ge=0, le=65535, description="Port on which the server listens.")
    base_path: str = Field(
        "", pattern=r"^(/[A-Za-z0-9_-]+)*$", description="Path under which a proxy shows the server."
    )
    public_url: str = Field(
        "", description="Address that people use, for links and QR codes; empty: as the request came in."
    )
    trusted_proxies: tuple[str, ...] = Field(
        (), description="Addresses of proxies whose X-Forwarded headers are believed."
    )
    tls_cert: Path | None = Field(None, description="Certificate chain (PEM); with tls_key: serve HTTPS.")
    tls_key: Path | None = Field(None, description="Private key (PEM) of the certificate.")
    behind_tls: bool = Field(
        False, description="A proxy in front speaks HTTPS: secure cookies and HSTS are used."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least weight of what is logged."
    )
    max_body: int = Field(64_000, ge=1_000, description="Largest request body, in bytes.")
    session_idle_minutes: int = Field(
        600, ge=5, description="A staff session ends after so many minutes without use."
    )
    session_hours: int = Field(
        16, ge=1, description="A staff session ends after so many hours in any case."
    )
    pairing_minutes: int = Field(15, ge=1, description="A device's pairing code is good for so long.")
    sign_in_limit: str = Field("10/minute", description="Sign-in attempts from one network.")
    sign_in_account_limit: str = Field("30/hour", description="Sign-in attempts for one account.")
    code_limit: str = Field("10/minute", description="Attempts at pairing codes from one network.")
    public_limit: str = Field(
        "120/minute", description="Public posts and ticket look-ups from one network."
    )
    metrics_token: str = Field(
        "", description="Bearer token for /metrics; empty: only from the machine itself."
    )
    demo: bool = Field(
        False, description="Demo: business time starts at a working day's 9:30, nights are skipped."
    )
    speed: float = Field(1.0, gt=0, le=1000, description="Business seconds per second of the machine.")

    @property
    def database_url(self) -> str:
        """The database's address, with the default filled in."""
        return self.database or f"sqlite:///{self.data / 'qms.db'}"

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
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _file())


def _file() -> Path:
    return Path(os.environ.get(f"{PREFIX}CONFIG", ROOT / "config" / "qms.toml"))


def load(environ: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """The settings in force; raises SettingsError that names what is wrong.

    `given` comes from the command line and wins. A `QMS_…` variable that is no setting is refused.
    """
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {f"{PREFIX}CONFIG"}
    strange = sorted(
        name for name in environ or os.environ if name.startswith(PREFIX) and name not in known
    )
    if strange:
        raise SettingsError(f"{strange[0]}: there is no such setting")
    if not _file().is_file() and f"{PREFIX}CONFIG" in os.environ:
        raise SettingsError(f"{_file()}: no such file")
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        raise SettingsError("\n".join(lines)) from None
    except ValueError as error:  # the file is not TOML
        raise SettingsError(f"{_file()}: {error}") from None
