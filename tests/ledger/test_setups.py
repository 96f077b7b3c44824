"""Stored set-ups: immutable, numbered, read once."""

import pytest
from sqlalchemy import Engine, event

from qms.ledger import setups
from qms.ledger.engine import writing


def test_versions_are_numbered_and_the_same_text_is_not_stored_twice(engine: Engine) -> None:
    with writing(engine).begin() as conn:
        assert setups.newest_version(conn, "orchard") is None
        assert [setups.store(conn, "orchard", body, "eve") for body in ("1", "2", "2", "1")] == [1, 2, 2, 3]
        assert setups.store(conn, "garden", "1", "eve") == 1
        assert setups.newest_version(conn, "orchard") == 3
        assert setups.read_setup(conn, "orchard", 2) == "2"


def test_a_version_is_read_and_parsed_once(engine: Engine) -> None:
    with writing(engine).begin() as conn:
        setups.store(conn, "orchard", "42", "eve")
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda c, u, statement, *rest: asked.append(statement))
    version_of = setups.Setups(engine, int).of("orchard")
    assert version_of(1) == version_of(1) == 42
    assert len([statement for statement in asked if "setup" in statement]) == 1


def test_a_version_never_stored_is_a_lookup_error(engine: Engine) -> None:
    with pytest.raises(LookupError, match="no set-up version 7"):
        setups.Setups(engine, int).of("orchard")(7)
