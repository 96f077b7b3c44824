"""Names, passwords and codes cannot be found out by trying."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from starlette.requests import Request

from qms.ledger.vault import token_hash
from qms.staff import writes
from qms.staff.reads import ACCOUNT, RESET
from qms.staff.rules.roles import Grant
from qms.web.problems import Problem
from tests.web.make import PASSWORD, House, add_account, enter, house

CLERK = Grant("clerk", "hall:ratusz")
OTHER = "wholly another phrase"


async def code_for(server: House, account: str, at: datetime | None = None) -> str:
    now = at or datetime.now(UTC)
    code: str = await server.site.writer.aside(lambda conn: writes.begin_reset(conn, account, now))
    return code


def request(server: House) -> Request:
    """A request of a browser, for acts that pages and routes have in common."""
    return Request({"type": "http", "app": server.app, "client": ("203.0.113.5", 1), "headers": []})


async def reset(server: House, code: str, new: str = OTHER) -> str:
    """What comes of a code: `done`, or the problem's code."""
    try:
        await server.sign_in.reset(request(server), code, new)
    except Problem as problem:
        return problem.code
    return "done"


async def test_nobody_learns_which_accounts_there_are(server: House) -> None:
    await add_account(server, "anna", CLERK)
    shut = await add_account(server, "shut", CLERK)
    await server.site.writer.aside(lambda conn: writes.set_disabled(conn, shut, True))
    now = datetime.now(UTC)
    await server.site.writer.aside(lambda conn: writes.open_account(conn, "new", "New", CLERK, now))
    async with server.client() as client:
        answers = [
            await enter(client, name, password)
            for name, password in (
                ("anna", "wrong wrong wrong"),
                ("nobody", PASSWORD),
                ("shut", PASSWORD),
                ("new", PASSWORD),
                ("new", "None"),
                ("'; DROP TABLE account; --", PASSWORD),
            )
        ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.text for answer in answers}) == 1
    names = [{key for key in answer.headers if key != "date"} for answer in answers]
    assert all(one == names[0] for one in names)
    assert not any("set-cookie" in answer.headers for answer in answers)


async def test_attempts_from_one_network_are_counted_right_or_wrong(engine: Engine) -> None:
    async with house(engine, sign_in_limit="3/hour") as server:
        await add_account(server, "anna", CLERK)
        async with server.client(host="2001:db8::1") as client, server.client(host="2001:db8::2") as near:
            for name in ("anna", "nobody", "other"):
                await enter(client, name)
            answer = await enter(near, "anna")
            assert answer.status_code == 429
            assert int(answer.headers["retry-after"]) == answer.json()["params"]["seconds"] > 60
        async with server.client(host="2001:db8:0:1::1") as far:
            assert (await enter(far, "anna")).status_code == 200


async def test_attempts_at_one_account_are_counted_from_everywhere_and_for_unknown_ones(
    engine: Engine,
) -> None:
    async with house(engine, sign_in_account_limit="3/hour") as server:
        await add_account(server, "anna", CLERK)
        for name in ("anna", "nobody"):
            for n in range(3):
                async with server.client(host=f"203.0.113.{n}") as client:
                    assert (await enter(client, name.upper(), "wrong")).status_code == 401
            async with server.client(host="203.0.113.99") as client:
                assert (await enter(client, f" {name} ")).status_code == 429


async def test_attempts_at_the_old_password_are_counted(engine: Engine) -> None:
    async with house(engine, sign_in_account_limit="2/hour") as server:
        await add_account(server, "anna", CLERK)
        async with server.client() as client:
            await enter(client, "anna")
            body = {"old": "wrong", "new": OTHER}
            statuses = [(await client.post("/api/v1/password", json=body)).status_code for _ in range(3)]
    assert statuses == [401, 401, 429]


async def test_a_code_sets_the_password_once_and_ends_every_session(server: House) -> None:
    account = await add_account(server, "anna", CLERK)
    async with server.client() as client:
        await enter(client, "anna")
        code = await code_for(server, account)
        assert await reset(server, code) == "done"
        assert (await client.get("/api/v1/me")).json() == {"kind": "anonymous"}
        assert await reset(server, code, "a third good phrase") == "code_unknown"
        assert (await enter(client, "anna")).status_code == 401
        assert (await enter(client, "anna", OTHER)).json()["must_change"] is False


async def test_the_old_password_is_good_until_the_code_is_used(server: House) -> None:
    account = await add_account(server, "anna", CLERK)
    await code_for(server, account)
    async with server.client() as client:
        assert (await enter(client, "anna")).status_code == 200


async def test_a_weak_password_does_not_spend_the_code(server: House) -> None:
    account = await add_account(server, "anna.nowak", CLERK)
    code = await code_for(server, account)
    assert await reset(server, code, "short") == "weak_password"
    assert await reset(server, code, "Anna.Nowak 2026") == "weak_password"
    assert await reset(server, code) == "done"


async def test_a_code_runs_out_after_a_day(server: House) -> None:
    account = await add_account(server, "anna", CLERK)
    code = await code_for(server, account, datetime.now(UTC) - timedelta(hours=24, seconds=1))
    assert await reset(server, code) == "code_unknown"
    code = await code_for(server, account, datetime.now(UTC) - timedelta(hours=23, minutes=59))
    assert await reset(server, code) == "done"


async def test_a_newer_code_voids_the_older(server: House) -> None:
    account = await add_account(server, "anna", CLERK)
    older, newer = await code_for(server, account), await code_for(server, account)
    assert await reset(server, older) == "code_unknown"
    assert await reset(server, newer) == "done"


async def test_shutting_an_account_voids_its_code(server: House) -> None:
    account = await add_account(server, "anna", CLERK)
    code = await code_for(server, account)
    await server.site.writer.aside(lambda conn: writes.set_disabled(conn, account, True))
    assert await reset(server, code) == "code_unknown"


async def test_of_two_who_use_a_code_at_once_one_succeeds(server: House) -> None:
    account = await add_account(server, "anna", CLERK)
    code = await code_for(server, account)
    outcomes = await asyncio.gather(reset(server, code, OTHER), reset(server, code, "a third good phrase"))
    assert sorted(outcomes) == ["code_unknown", "done"]


async def test_a_code_is_kept_as_a_hash_and_long_enough_not_to_be_guessed(server: House) -> None:
    account = await add_account(server, "anna", CLERK)
    code = await code_for(server, account)
    with server.site.engine.connect() as conn:
        assert conn.execute(select(RESET.c.id)).scalar_one() == token_hash(code)
    assert len(code) >= 24


@pytest.mark.parametrize("code", ["", "x", "%", "\x00", "ü" * 50])
async def test_a_code_of_nobodys_does_nothing(server: House, code: str) -> None:
    await add_account(server, "anna", CLERK)
    assert await reset(server, code) == "code_unknown"
    with server.site.engine.connect() as conn:
        assert conn.execute(select(ACCOUNT.c.must_change)).scalar_one() is False


async def test_attempts_at_codes_are_counted(engine: Engine) -> None:
    async with house(engine, code_limit="2/hour") as server:
        outcomes = [await reset(server, "x") for _ in range(3)]
    assert outcomes == ["code_unknown", "code_unknown", "throttled"]
