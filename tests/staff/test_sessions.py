"""Signing in and out; a session ends by time, by its owner, by an administrator, and then at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx2 import AsyncClient
from sqlalchemy import Engine, select, update

import qms.staff.sessions
from qms.ledger.orders import LedgerUnavailable
from qms.ledger.vault import token_hash
from qms.staff import writes
from qms.staff.reads import ACCOUNT, RESET, SESSION
from qms.staff.rules.roles import Grant
from qms.staff.sessions import REMEMBERED
from tests.web.make import PASSWORD, House, add_account, enter, house, later, signed_in

CLERK = Grant("clerk", "hall:ratusz")
OTHER = "wholly another phrase"


async def who(client: AsyncClient) -> dict[str, Any]:
    answer: dict[str, Any] = (await client.get("/api/v1/me")).json()
    return answer


async def aged(server: House, **values: datetime) -> None:
    """All sessions, with other times on record; what is remembered of them is forgotten."""
    await server.site.writer.aside(lambda conn: conn.execute(update(SESSION).values(**values)).close())
    server.sign_in.sessions.forget()


def ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


async def test_who_signs_in_is_known_by_the_cookie(server: House) -> None:
    async with signed_in(server, CLERK) as client, server.client() as other:
        me = await who(client)
        assert me["kind"] == "staff"
        assert me["name"] == "Anna"
        assert me["must_change"] is False
        assert "counter.work" in me["rights"]["hall:ratusz"]
        assert len(me["csrf"]) >= 20
        assert await who(other) == {"kind": "anonymous"}


async def test_a_name_may_be_typed_in_other_letters(server: House) -> None:
    await add_account(server, "Żaneta.Nowak", CLERK)
    async with server.client() as client:
        assert (await enter(client, "  żaneta.NOWAK ")).status_code == 200


async def test_what_the_cookie_holds_is_nowhere_on_record(server: House) -> None:
    async with signed_in(server, CLERK) as client:
        token = client.cookies["qms_session"]
    with server.site.engine.connect() as conn:
        row = conn.execute(select(SESSION)).mappings().one()
    assert row["id"] == token_hash(token)
    assert token not in [str(value) for value in row.values()]
    assert len(token) >= 43


async def test_a_cookie_of_nobodys_is_nobody(server: House) -> None:
    async with server.client() as client:
        for cookie in ("x", "x" * 43, "x" * 5000, "\xe4", '"', "a;b"):
            headers = [(b"cookie", b"qms_session=" + cookie.encode("latin-1"))]
            assert (await client.get("/api/v1/me", headers=headers)).json() == {"kind": "anonymous"}


async def test_who_signs_out_is_out_at_once(server: House) -> None:
    async with signed_in(server, CLERK) as client:
        token = client.cookies["qms_session"]
        answer = await client.delete("/api/v1/session")
        assert answer.json() == {"kind": "anonymous"}
        assert "qms_session" not in client.cookies
        client.cookies.set("qms_session", token)
        assert await who(client) == {"kind": "anonymous"}


async def test_signing_in_anew_ends_the_session_before_whoevers_it_was(server: House) -> None:
    await add_account(server, "jan", CLERK)
    async with signed_in(server, CLERK) as client:
        old = client.cookies["qms_session"]
        await enter(client, "jan")
        assert (await who(client))["name"] == "Jan"
        client.cookies.clear()
        client.cookies.set("qms_session", old)
        assert await who(client) == {"kind": "anonymous"}


async def test_a_session_ends_when_it_is_not_used(server: House) -> None:
    async with signed_in(server, CLERK) as client:
        await aged(server, used=ago(minutes=599))
        assert (await who(client))["kind"] == "staff"
        await aged(server, used=ago(minutes=601))
        assert await who(client) == {"kind": "anonymous"}


async def test_use_keeps_a_session_alive(server: House) -> None:
    async with signed_in(server, CLERK) as client:
        await aged(server, used=ago(minutes=599))
        await who(client)
        with server.site.engine.connect() as conn:
            used = conn.execute(select(SESSION.c.used)).scalar_one()
        assert used > ago(minutes=1)


async def test_a_session_ends_after_its_longest_time_however_much_it_is_used(server: House) -> None:
    async with signed_in(server, CLERK) as client:
        await aged(server, begun=ago(hours=15.9), used=ago(seconds=1))
        assert (await who(client))["kind"] == "staff"
        await aged(server, begun=ago(hours=16.1), used=ago(seconds=1))
        assert await who(client) == {"kind": "anonymous"}


async def test_how_long_a_session_lasts_is_a_setting(engine: Engine) -> None:
    async with (
        house(engine, session_idle_minutes=5, session_hours=1) as server,
        signed_in(server, CLERK) as client,
    ):
        await aged(server, used=ago(minutes=4.9))
        assert (await who(client))["kind"] == "staff"
        await aged(server, used=ago(minutes=5.1))
        assert await who(client) == {"kind": "anonymous"}


async def test_a_revocation_by_another_process_counts_within_five_seconds(
    server: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert timedelta(seconds=5) >= REMEMBERED
    async with signed_in(server, CLERK) as client:
        id = token_hash(client.cookies["qms_session"])
        account = await server.site.read(lambda conn: conn.execute(select(SESSION.c.account)).scalar_one())
        assert (await who(client))["kind"] == "staff"
        await server.site.writer.aside(lambda conn: writes.end_session(conn, account, id))
        with later(monkeypatch, qms.staff.sessions, timedelta(seconds=5.1)):
            assert await who(client) == {"kind": "anonymous"}


async def test_rights_taken_away_by_another_process_are_gone_within_five_seconds(
    server: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with signed_in(server, CLERK, Grant("admin", "hall:gmina")) as client:
        assert (await client.get("/api/v1/staff")).status_code == 200
        account = (await client.get("/api/v1/staff")).json()["accounts"][0]["id"]
        gone = Grant("admin", "hall:gmina")
        await server.site.writer.aside(lambda conn: writes.withdraw(conn, account, gone))
        with later(monkeypatch, qms.staff.sessions, timedelta(seconds=5.1)):
            assert (await client.get("/api/v1/staff")).status_code == 403


async def test_an_account_shut_by_another_process_is_out_even_with_its_session_on_record(
    server: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with signed_in(server, CLERK) as client:
        await server.site.writer.aside(
            lambda conn: conn.execute(update(ACCOUNT).values(disabled=True)).close()
        )
        with later(monkeypatch, qms.staff.sessions, timedelta(seconds=5.1)):
            assert await who(client) == {"kind": "anonymous"}


async def test_a_look_up_under_way_does_not_outlive_a_revocation(server: House) -> None:
    """What was read before the revocation is used for that request, and not remembered."""
    sessions = server.sign_in.sessions
    async with signed_in(server, CLERK) as client:
        real = sessions._look_up

        async def slow(*args: Any) -> Any:
            found = await real(*args)
            await server.site.writer.aside(lambda conn: conn.execute(SESSION.delete()).close())
            sessions.forget()
            return found

        sessions._look_up = slow  # type: ignore[method-assign, assignment]
        assert (await who(client))["kind"] == "staff"
        sessions._look_up = real  # type: ignore[method-assign]
        assert await who(client) == {"kind": "anonymous"}


async def test_a_password_change_ends_all_other_sessions(server: House) -> None:
    async with signed_in(server, CLERK) as client, server.client() as other:
        await enter(other, "anna")
        wrong = await client.post("/api/v1/password", json={"old": OTHER, "new": OTHER})
        assert wrong.json()["code"] == "wrong_credentials"
        weak = await client.post("/api/v1/password", json={"old": PASSWORD, "new": "short"})
        assert (weak.json()["code"], weak.json()["params"]) == ("weak_password", {"reason": "too_short"})
        assert weak.json()["detail"]
        assert (await who(other))["kind"] == "staff"
        done = await client.post("/api/v1/password", json={"old": PASSWORD, "new": OTHER})
        assert done.status_code == 200
        assert (await who(client))["kind"] == "staff"
        assert await who(other) == {"kind": "anonymous"}
        assert (await enter(other, "anna")).status_code == 401
        assert (await enter(other, "anna", OTHER)).status_code == 200


async def test_a_password_change_voids_reset_codes(server: House) -> None:
    async with signed_in(server, CLERK) as client:
        account = await server.site.read(lambda conn: conn.execute(select(SESSION.c.account)).scalar_one())
        await server.site.writer.aside(lambda conn: writes.begin_reset(conn, account, datetime.now(UTC)))
        await client.post("/api/v1/password", json={"old": PASSWORD, "new": OTHER})
    with server.site.engine.connect() as conn:
        assert conn.execute(select(RESET)).all() == []


async def test_an_unfit_password_leaves_only_the_change_of_it(server: House) -> None:
    async with signed_in(server, Grant("admin", "organisation:miasto"), must_change=True) as client:
        me = await who(client)
        assert me["must_change"] is True
        assert me["rights"] == {}
        await client.post("/api/v1/password", json={"old": PASSWORD, "new": OTHER})
        me = await who(client)
        assert me["must_change"] is False
        assert me["rights"]


async def test_reading_goes_on_while_nothing_can_be_written(
    server: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_work: Any) -> Any:
        raise LedgerUnavailable("disk full")

    async with signed_in(server, CLERK) as client:
        await aged(server, used=ago(minutes=30))
        monkeypatch.setattr(server.site.writer, "aside", full)
        assert (await who(client))["kind"] == "staff"
        answer = await enter(client, "anna")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_sessions_that_ran_out_are_forgotten(server: House) -> None:
    async with signed_in(server, CLERK):
        await aged(server, begun=ago(hours=17))
        await server.site.writer.aside(
            lambda conn: writes.prune_sessions(conn, ago(hours=16), ago(minutes=600))
        )
    with server.site.engine.connect() as conn:
        assert conn.execute(select(SESSION)).all() == []


async def test_sockets_hear_of_it_when_somebody_is_shut_out(
    server: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    async def recheck(match: Any = None) -> None:
        asked.append(match is not None)

    async with signed_in(server, CLERK) as client:
        monkeypatch.setattr(server.site.hub, "recheck", recheck)
        await client.post("/api/v1/password", json={"old": PASSWORD, "new": OTHER})
    assert asked == [True]
