"""Private data: encrypted, found again by keyed hashes, corrected, erased."""

import asyncio

from sqlalchemy import Engine, text

from qms.ledger.orders import Answer, Private
from qms.ledger.persons import find_persons, forget_person, read_person
from tests.ledger.make import HALL, VAULT, SetClock, faults, new_key, open_hall, order, serving
from tests.ledger.toy import Buy

PHONE = VAULT.keyed_hash("phone", "+48600100200")
MAIL = VAULT.keyed_hash("mail", "ewa@example.org")


def found(engine: Engine, hash: str, hall: str = HALL) -> list[str]:
    with engine.connect() as conn:
        return find_persons(conn, hall, hash)


def rows(engine: Engine, table: str) -> int:
    with engine.connect() as conn:
        return int(conn.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


async def test_private_data_are_encrypted_and_can_be_erased_without_breaking_the_log(
    engine: Engine,
) -> None:
    async with serving(engine) as writer:
        private = Private("p1", {"name": "Ewa Żak", "phone": "600100200"})
        await writer.execute(order(Buy("p1"), private=private))
        with engine.connect() as conn:
            assert read_person(conn, VAULT, "p1") == private.fields
            stored = conn.execute(text("SELECT cipher FROM person")).scalar_one()
            assert b"Ewa" not in bytes(stored)
        assert await writer.aside(lambda conn: forget_person(conn, "p1"))
        assert not await writer.aside(lambda conn: forget_person(conn, "p1"))
        with engine.connect() as conn:
            assert read_person(conn, VAULT, "p1") is None
        assert faults(engine) == []


async def test_a_refused_command_keeps_no_private_data(engine: Engine) -> None:
    async with serving(engine, stock=0) as writer:
        await writer.execute(order(Buy("p1"), private=Private("p1", {"name": "Ewa"}, (PHONE,))))
        assert rows(engine, "person") == rows(engine, "person_key") == 0


async def test_a_person_is_found_by_every_key_in_their_hall_only_the_newest_first(engine: Engine) -> None:
    clock = SetClock()
    async with serving(engine, clock) as writer:
        await open_hall(writer, hall="garden")
        for id, keys, hall in [
            ("p1", (PHONE, MAIL), HALL),
            ("p2", (PHONE, PHONE), HALL),
            ("p3", (PHONE,), "garden"),
            ("p4", (), HALL),
        ]:
            clock.pass_by(minutes=1)
            await writer.execute(order(Buy(id), hall=hall, private=Private(id, {"name": id}, keys)))
    assert found(engine, PHONE) == ["p2", "p1"]
    assert found(engine, MAIL) == ["p1"]
    assert found(engine, PHONE, "garden") == ["p3"]
    assert found(engine, VAULT.keyed_hash("phone", "+48600100201")) == []


async def test_data_given_again_under_the_same_id_replace_the_old_ones_and_their_keys(
    engine: Engine,
) -> None:
    async with serving(engine) as writer:
        await writer.execute(order(Buy("p1"), private=Private("p1", {"name": "Eva"}, (PHONE,))))
        await writer.execute(order(Buy("p2"), private=Private("p2", {"name": "Jan"}, (PHONE,))))
        await writer.execute(order(Buy("p1"), private=Private("p1", {"name": "Ewa"}, (MAIL,))))
        assert (found(engine, PHONE), found(engine, MAIL)) == (["p2"], ["p1"])
        with engine.connect() as conn:
            assert read_person(conn, VAULT, "p1") == {"name": "Ewa"}
            assert read_person(conn, VAULT, "p2") == {"name": "Jan"}


async def test_of_two_corrections_in_one_batch_the_last_one_counts(engine: Engine) -> None:
    async with serving(engine) as writer:
        outcomes = await asyncio.gather(
            *(
                writer.execute(order(Buy("p1"), new_key(), private=Private("p1", {"name": name}, (key,))))
                for name, key in [("Eva", PHONE), ("Ewa", MAIL)]
            )
        )
        assert all(isinstance(o, Answer) for o in outcomes)
        assert (found(engine, PHONE), found(engine, MAIL)) == ([], ["p1"])
        with engine.connect() as conn:
            assert read_person(conn, VAULT, "p1") == {"name": "Ewa"}


async def test_who_is_forgotten_is_not_found_and_nobody_else_is_forgotten(engine: Engine) -> None:
    async with serving(engine) as writer:
        for id in ("p1", "p2"):
            await writer.execute(order(Buy(id), private=Private(id, {"name": id}, (PHONE, MAIL))))
        assert await writer.aside(lambda conn: forget_person(conn, "p1"))
    assert found(engine, PHONE) == found(engine, MAIL) == ["p2"]
    assert (rows(engine, "person"), rows(engine, "person_key")) == (1, 2)
