"""The register of key clients, on both databases."""

import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection

from qms.clients import register
from qms.clients.register import CLIENT, add, grouped, listed, plain_code, recognised, remove, renew
from qms.kernel.refusal import Refusal
from qms.ledger.engine import connect, writing
from qms.ledger.vault import Vault

VAULT = Vault([b"k" * 32])
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@pytest.fixture
def conn(url: str) -> Iterator[Connection]:
    engine = connect(url)
    with writing(engine).begin() as conn:
        yield conn
    engine.dispose()


def enter(
    conn: Connection, name: str = "Notariat Łącki", until: date | None = None, hall: str = "a"
) -> str:
    code = add(conn, VAULT, hall, {"name": name, "note": "tel."}, until, "staff:1", NOW)
    assert isinstance(code, str)
    return code


def test_a_code_is_recognised_however_it_is_spaced(conn: Connection) -> None:
    code = enter(conn)
    assert len(code) == 12
    assert code.isdigit()
    for text in (code, grouped(code), f" {code[:6]}-{code[6:]} "):
        assert recognised(conn, VAULT, "a", text, TODAY), text


@pytest.mark.parametrize(
    "text", ["", "123", "1" * 13, "12345678901x", "１２３４５６７８９０１２", "' or 1=1"]
)
def test_what_can_be_no_code_is_none(conn: Connection, text: str) -> None:
    enter(conn)
    assert plain_code(text) is None
    assert not recognised(conn, VAULT, "a", text, TODAY)


def test_a_code_counts_in_its_own_hall_alone(conn: Connection) -> None:
    code = enter(conn)
    assert not recognised(conn, VAULT, "b", code, TODAY)


def test_a_code_counts_up_to_its_last_day(conn: Connection) -> None:
    code = enter(conn, until=date(2026, 11, 30))
    days = [date(2026, 11, 29), date(2026, 11, 30), date(2026, 12, 1)]
    assert [recognised(conn, VAULT, "a", code, day) for day in days] == [True, True, False]


def test_a_new_code_replaces_the_old_one(conn: Connection) -> None:
    old = enter(conn)
    [known] = listed(conn, VAULT, "a")
    new = renew(conn, VAULT, "a", known.id)
    assert isinstance(new, str)
    assert [recognised(conn, VAULT, "a", code, TODAY) for code in (old, new)] == [False, True]
    assert renew(conn, VAULT, "b", known.id) == Refusal("unknown_client"), "of another hall"


def test_who_was_removed_is_known_no_longer(conn: Connection) -> None:
    code = enter(conn)
    [known] = listed(conn, VAULT, "a")
    remove(conn, "b", known.id)
    assert recognised(conn, VAULT, "a", code, TODAY), "another hall removes nobody here"
    remove(conn, "a", known.id)
    assert not recognised(conn, VAULT, "a", code, TODAY)
    assert listed(conn, VAULT, "a") == []


def test_the_list_is_by_name_and_nothing_in_the_rows_can_be_read(conn: Connection) -> None:
    codes = [enter(conn, name) for name in ("Szkoła jazdy", "autokomis", "Notariat")]
    known = listed(conn, VAULT, "a")
    assert [one.name for one in known] == ["autokomis", "Notariat", "Szkoła jazdy"]
    assert known[0].note == "tel."
    kept = repr(
        [
            tuple(bytes(v) if isinstance(v, memoryview) else v for v in row)
            for row in conn.execute(CLIENT.select())
        ]
    )
    for secret in (*codes, "Szkoła", "Notariat", "tel."):
        assert secret not in kept


def test_there_is_a_limit_so_that_guessing_stays_hopeless(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register, "MOST", 2)
    enter(conn), enter(conn)
    assert add(conn, VAULT, "a", {"name": "x"}, None, "staff:1", NOW) == Refusal(
        "too_many_clients", {"limit": 2}
    )
    enter(conn, hall="b")


def test_a_code_that_somebody_has_is_not_given_twice(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = iter([7, 7, 8])
    monkeypatch.setattr(secrets, "randbelow", lambda _n: next(numbers))
    assert [enter(conn), enter(conn)] == ["000000000007", "000000000008"]
