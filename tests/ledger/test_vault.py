"""Secrets: what is sealed for one row opens for that row only."""

import re

import pytest
from sqlalchemy import Engine, text

from qms.ledger.orders import Private
from qms.ledger.persons import read_person
from qms.ledger.vault import CannotOpen, Vault, token_hash
from tests.ledger.make import VAULT, order, serving
from tests.ledger.toy import Buy

OLD, NEW = b"o" * 32, b"n" * 32


async def test_private_data_swapped_between_two_persons_are_refused(engine: Engine) -> None:
    async with serving(engine) as writer:
        for id in ("p1", "p2"):
            await writer.execute(order(Buy(id), private=Private(id, {"name": id})))
    with engine.begin() as conn:
        assert read_person(conn, VAULT, "p1") == {"name": "p1"}
        conn.execute(
            text("UPDATE person SET cipher = (SELECT cipher FROM person WHERE id = 'p2') WHERE id = 'p1'")
        )
        with pytest.raises(CannotOpen):
            read_person(conn, VAULT, "p1")
        assert read_person(conn, VAULT, "p2") == {"name": "p2"}


def test_a_changed_or_cut_ciphertext_is_refused() -> None:
    vault = Vault([NEW])
    sealed = vault.seal("person:1", {"name": "Ewa"})
    assert vault.open("person:1", sealed) == {"name": "Ewa"}
    for broken in (sealed[:-1], sealed[:20] + b"x" + sealed[21:], b"", sealed[:8], b"x" + sealed[1:]):
        with pytest.raises(CannotOpen):
            vault.open("person:1", broken)


def test_nothing_is_sealed_alike_twice() -> None:
    vault = Vault([NEW])
    assert vault.seal("person:1", {"name": "Ewa"}) != vault.seal("person:1", {"name": "Ewa"})


def test_a_new_secret_seals_and_an_older_one_still_opens() -> None:
    sealed = Vault([OLD]).seal("person:1", {"name": "Ewa"})
    assert Vault([NEW, OLD]).open("person:1", sealed) == {"name": "Ewa"}
    with pytest.raises(CannotOpen, match="not known"):
        Vault([NEW]).open("person:1", sealed)


def test_a_short_secret_is_refused() -> None:
    for secrets in ([], [b"short"], [NEW, b"short"]):
        with pytest.raises(ValueError, match="32 bytes"):
            Vault(secrets)


def test_tokens_are_unguessable_names_that_stay_the_same() -> None:
    vault = Vault([NEW])
    token = vault.token("ticket", "1")
    assert re.fullmatch("[a-z2-7]{26}", token)
    assert token == Vault([NEW, OLD]).token("ticket", "1")
    assert (
        len(
            {
                token,
                vault.token("ticket", "2"),
                vault.token("booking", "1"),
                Vault([OLD]).token("ticket", "1"),
            }
        )
        == 4
    )
    assert token not in token_hash(token)
    assert token_hash(token) == token_hash(token) != token_hash(token[:-1] + "q")


def test_a_keyed_hash_finds_a_value_again_and_needs_the_key() -> None:
    vault = Vault([NEW])
    assert vault.keyed_hash("mail", "ewa@example.org") == vault.keyed_hash("mail", "ewa@example.org")
    others = {
        vault.keyed_hash("phone", "ewa@example.org"),
        Vault([OLD]).keyed_hash("mail", "ewa@example.org"),
    }
    assert vault.keyed_hash("mail", "ewa@example.org") not in others


def test_codes_are_six_digits_each_as_likely_as_any_other() -> None:
    vault = Vault([NEW])
    codes = [vault.code("booking", str(id), n) for id in range(4000) for n in range(5)]
    assert all(re.fullmatch("[0-9]{6}", code) for code in codes)
    assert 19_700 <= len(set(codes)) <= 19_900, "of 20,000 by chance 19,801 differ"
    for place in range(6):
        times = [sum(code[place] == digit for code in codes) for digit in "0123456789"]
        assert max(abs(count - 2000) for count in times) < 200


def test_a_code_stays_the_same_and_says_nothing_without_the_secret() -> None:
    vault = Vault([NEW])
    code = vault.code("booking", "1", 0)
    assert code == Vault([NEW, OLD]).code("booking", "1", 0)
    others = {
        vault.code("booking", "1", 1),
        vault.code("booking", "2", 0),
        vault.code("wish", "1", 0),
        Vault([OLD]).code("booking", "1", 0),
    }
    assert len(others | {code}) == 5
