"""The kiosk's page as one set of files with a version: what an agent keeps, and swaps whole."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from qms.web.catalogue import LANGUAGES, as_json, domains

QMS = Path(__file__).parents[1]
FOLDERS = {"kiosk": QMS.parent / "kiosk_ui", "shared": QMS / "web" / "shared"}
"""Folders by the path under which they are shown."""
WORDS = frozenset({"board", "common", "kiosk", "pairing", "problems"})
"""Domains of texts that the page may read."""

Files = Mapping[str, bytes]
"""Contents by path, such as `kiosk/app.js`."""


def page_files() -> Files:
    """The page as it is installed here."""
    files = {
        f"{name}/{path.relative_to(folder).as_posix()}": path.read_bytes()
        for name, folder in FOLDERS.items()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(".d.ts")
    }
    for language in LANGUAGES:
        for domain in WORDS.intersection(domains(language)):
            files[f"i18n/{language}/{domain}.json"] = as_json(language, domain)[0]
    return files


def listing(files: Files) -> dict[str, Any]:
    """`{"version", "files": {path: SHA-256}}`: two sets have one version when they are the same to the byte."""
    hashes = {path: sha256(files[path]).hexdigest() for path in sorted(files)}
    version = sha256("\n".join(f"{path} {found}" for path, found in hashes.items()).encode())
    return {"version": version.hexdigest()[:16], "files": hashes}
