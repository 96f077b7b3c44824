"""Where each key and value of a TOML text stands: no reader says so for a wrong *value*."""

import re
import tomllib

from qms.halls.rules.fault import Path

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\n]+")
_QUOTED = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)


def locate(text: str) -> dict[Path, int]:
    """The line, from 1, of every table, key and list item of `text`, by its path.

    `text` must be valid TOML: it is for what `tomllib` has read without complaint.
    """
    return _Scan(text.replace("\r\n", "\n")).run()


class _Scan:
    """One pass over the text; `at` is the position of the next character."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.lines: dict[Path, int] = {}
        self.tables: dict[Path, int] = {}
        """How many `[[tables]]` of a path there are so far."""
        self._counted, self._line = 0, 1

    def run(self) -> dict[Path, int]:
        inside: Path = ()
        while self._more():
            if self._took("[["):
                inside = self._header(self._key(), repeated=True)
                self.at += 2
            elif self._took("["):
                inside = self._header(self._key(), repeated=False)
                self.at += 1
            else:
                self._pair(inside)
        return self.lines

    def _header(self, key: Path, *, repeated: bool) -> Path:
        path: Path = ()
        for n, part in enumerate(key, start=1):
            path = (*path, part)
            self._mark(path)
            if repeated and n == len(key):
                self.tables[path] = self.tables.get(path, 0) + 1
            if path in self.tables:
                path = (*path, self.tables[path] - 1)
                self._mark(path)
        return path

    def _pair(self, inside: Path) -> None:
        path = inside
        for part in self._key():
            path = (*path, part)
            self._mark(path)
        self.at += 1
        self._value(path)

    def _value(self, path: Path) -> None:
        self._more()
        if self._took("["):
            self._items(path)
        elif self._took("{"):
            while self._more() and not self._took("}"):
                self._pair(path)
                self._more()
                self._took(",")
        else:
            found = _QUOTED.match(self.text, self.at) or _BARE_VALUE.match(self.text, self.at)
            self.at = found.end() if found else len(self.text)

    def _items(self, path: Path) -> None:
        n = 0
        while self._more() and not self._took("]"):
            self._mark((*path, n))
            self._value((*path, n))
            self._more()
            self._took(",")
            n += 1

    def _key(self) -> Path:
        """A dotted key up to its end; the position is then at `=` or `]`."""
        parts: list[str | int] = []
        while True:
            self._more()
            quoted = _QUOTED.match(self.text, self.at)
            found = quoted or _BARE_KEY.match(self.text, self.at)
            if found is None:
                return tuple(parts)
            self.at = found.end()
            parts.append(tomllib.loads(f"key = {found[0]}")["key"] if quoted else found[0])
            self._more()
            if not self._took("."):
                return tuple(parts)

    def _mark(self, path: Path) -> None:
        self._line += self.text.count("\n", self._counted, self.at)
        self._counted = self.at
        self.lines.setdefault(path, self._line)

    def _more(self) -> bool:
        """Pass what means nothing; whether anything is left."""
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at
        return self.at < len(self.text)

    def _took(self, sign: str) -> bool:
        if not self.text.startswith(sign, self.at):
            return False
        self.at += len(sign)
        return True
