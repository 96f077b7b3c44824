"""A throw-away PostgreSQL: its own folder, its own socket, no network; also when the tests run as root."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg


def binaries() -> Path:
    """The folder with `initdb`; raises RuntimeError saying what to install."""
    found: list[Path] = []
    if shutil.which("pg_config"):
        shown = subprocess.run(["pg_config", "--bindir"], check=True, capture_output=True, text=True)
        found.append(Path(shown.stdout.strip()))
    versions = Path("/usr/lib/postgresql").glob("*/bin")
    found += sorted(versions, key=lambda bin: int(bin.parent.name.split(".")[0]), reverse=True)
    for folder in found:
        if (folder / "initdb").exists():
            return folder
    raise RuntimeError("these tests need PostgreSQL's server programs: apt-get install postgresql")


class Cluster:
    """One server with a migrated template, from which a test gets a fresh database at once."""

    TEMPLATE = "qms_template"

    def __init__(self) -> None:
        self._bin = binaries()
        # A server refuses to run as root: drop to the user that Debian's package makes.
        self._who: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._who = {"user": "postgres", "group": "postgres", "extra_groups": []}
        self.folder = Path(
            tempfile.mkdtemp(prefix="qmspg")
        )  # short: a socket's path has under 108 characters
        self.folder.chmod(0o755)
        if self._who:
            shutil.chown(self.folder, "postgres", "postgres")
        self._run("initdb", "-A", "trust", "-U", "qms", "-E", "UTF8", "--no-sync", "--no-instructions")
        self.start()

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses= -c fsync=off -c max_connections=200"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """As a crash would: nobody is asked."""
        self._run("pg_ctl", "-m", "immediate", "stop")

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://qms@/{database}?host={self.folder}"

    def create(self, template: str = "template0") -> str:
        """A new database's name."""
        name = f"qms_{uuid4().hex[:12]}"
        self._sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def rename(self, old: str, new: str) -> None:
        self._sql(f"ALTER DATABASE {old} RENAME TO {new}")

    def drop(self, name: str) -> None:
        self._sql(f"DROP DATABASE {name} WITH (FORCE)")

    def _sql(self, statement: str) -> None:
        with psycopg.connect(f"host={self.folder} user=qms dbname=postgres", autocommit=True) as conn:
            conn.execute(statement)

    def _run(self, program: str, *args: str) -> None:
        command = [str(self._bin / program), "-D", str(self.folder / "d"), *args]
        done = subprocess.run(
            command,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            **self._who,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr.strip()}")
