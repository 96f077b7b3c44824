"""Administrators keep accounts within what they govern, and nobody rises by helping himself."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
import structlog
from httpx2 import AsyncClient, Response

from qms.staff.rules.roles import Grant
from tests.web.make import House, add_account, enter, signed_in

STAFF = "/api/v1/staff"
NEW = {"name": "ewa.zielinska", "shown": "Ewa Zielińska", "role": "clerk", "scope": "hall:ratusz"}
PHRASE = "wholly another phrase"


@asynccontextmanager
async def admins(server: House, *scopes: str) -> AsyncIterator[list[AsyncClient]]:
    """A browser for an administrator at each scope."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(signed_in(server, Grant("admin", scope), name=f"admin {scope}"))
            for scope in scopes
        ]


def refused(answer: Response, status: int, code: str) -> bool:
    return (answer.status_code, answer.json()["code"]) == (status, code)


async def names(client: AsyncClient) -> set[str]:
    return {one["name"] for one in (await client.get(STAFF)).json()["accounts"]}


async def account_of(client: AsyncClient, name: str) -> dict[str, Any]:
    listed = (await client.get(STAFF)).json()["accounts"]
    found: dict[str, Any] = next(one for one in listed if one["name"] == name)
    return found


async def test_an_account_is_opened_and_its_owner_sets_the_password(server: House) -> None:
    async with admins(server, "office:centrum") as [admin], server.client() as owner:
        answer = await admin.post(STAFF, json=NEW)
        assert answer.status_code == 201
        opened = answer.json()
        assert (await account_of(admin, "ewa.zielinska"))["has_password"] is False
        form = {"code": opened["code"], "new": PHRASE, "again": PHRASE}
        page = (await owner.get("/password/reset")).text
        token = page.split('name="csrf" value="')[1].split('"')[0]
        done = await owner.post("/password/reset", data=form | {"csrf": token})
        assert done.headers["location"] == "/sign-in?said=password_set"
        assert (await enter(owner, "ewa.zielinska", PHRASE)).json()["name"] == "Ewa Zielińska"
        me = (await owner.get("/api/v1/me")).json()
        assert list(me["rights"]) == ["hall:ratusz"]


async def test_a_name_is_given_once(server: House) -> None:
    async with admins(server, "hall:ratusz", "hall:powiat") as [one, other]:
        await one.post(STAFF, json=NEW)
        for name in ("ewa.zielinska", "EWA.Zielinska", " ewa.zielinska "):
            again = await other.post(STAFF, json=NEW | {"name": name, "scope": "hall:powiat"})
            assert refused(again, 409, "name_taken")
        assert "ewa.zielinska" not in await names(other)


@pytest.mark.parametrize(
    ("own", "outcomes"),
    [
        (
            "hall:ratusz",
            {
                "hall:ratusz": None,
                "hall:wydzial": "not_allowed",
                "office:centrum": "not_allowed",
                "organisation:miasto": "not_allowed",
            },
        ),
        (
            "office:centrum",
            {
                "hall:wydzial": None,
                "office:centrum": None,
                "hall:gmina": "not_allowed",
                "organisation:miasto": "not_allowed",
            },
        ),
        (
            "organisation:miasto",
            {
                "organisation:miasto": None,
                "hall:gmina": None,
                "organisation:powiat": "not_allowed",
                "hall:powiat": "not_allowed",
                "hall:nowhere": "no_such_scope",
                "office:miasto": "no_such_scope",
            },
        ),
    ],
)
async def test_nobody_grants_above_or_beside_their_own_scope(
    server: House, own: str, outcomes: dict[str, str | None]
) -> None:
    async with admins(server, own) as [admin]:
        clerk = await add_account(server, "clerk", Grant("clerk", own))
        for n, (scope, code) in enumerate(outcomes.items()):
            new = NEW | {"name": f"new {n}", "scope": scope, "role": "admin"}
            opened = await admin.post(STAFF, json=new)
            granted = await admin.post(f"{STAFF}/{clerk}/grants", json={"role": "admin", "scope": scope})
            if code is None:
                assert (opened.status_code, granted.status_code) == (201, 200)
            else:
                status = 422 if code == "no_such_scope" else 403
                assert refused(opened, status, code)
                assert refused(granted, status, code)
        held = {grant["scope"] for grant in (await account_of(admin, "clerk"))["grants"]}
        assert held == {own} | {scope for scope, code in outcomes.items() if code is None}


async def test_others_accounts_are_not_there(server: House) -> None:
    async with admins(server, "hall:ratusz", "organisation:miasto") as [small, great]:
        stranger = await add_account(server, "stranger", Grant("clerk", "hall:gmina"))
        assert await names(small) == {"admin hall:ratusz"}
        assert await names(great) == {"admin hall:ratusz", "admin organisation:miasto", "stranger"}
        for act in ("disable", "enable", "reset"):
            assert refused(await small.post(f"{STAFF}/{stranger}/{act}", json={}), 404, "not_found")
        grant = {"role": "clerk", "scope": "hall:ratusz"}
        assert refused(await small.post(f"{STAFF}/{stranger}/grants", json=grant), 404, "not_found")


async def test_whoever_has_a_role_beyond_cannot_be_taken_over(server: House) -> None:
    """A new password for somebody mightier would make the small mighty."""
    async with admins(server, "hall:ratusz") as [small]:
        mighty = await add_account(
            server, "mighty", Grant("clerk", "hall:ratusz"), Grant("admin", "organisation:miasto")
        )
        for act in ("disable", "enable", "reset"):
            assert refused(await small.post(f"{STAFF}/{mighty}/{act}", json={}), 403, "not_allowed")
        above = f"{STAFF}/{mighty}/grants/admin/organisation:miasto"
        assert refused(await small.delete(above), 403, "not_allowed")
        here = await small.delete(f"{STAFF}/{mighty}/grants/clerk/hall:ratusz")
        assert here.status_code == 200
        assert "mighty" not in await names(small)


async def test_nobody_acts_on_the_own_account(server: House) -> None:
    async with admins(server, "organisation:miasto") as [admin]:
        own = (await account_of(admin, "admin organisation:miasto"))["id"]
        for act in ("disable", "reset"):
            assert refused(await admin.post(f"{STAFF}/{own}/{act}", json={}), 403, "own_account")
        grant = await admin.delete(f"{STAFF}/{own}/grants/admin/organisation:miasto")
        assert refused(grant, 403, "own_account")


async def test_a_role_counts_and_is_gone_at_once(server: House) -> None:
    async with (
        admins(server, "organisation:miasto") as [admin],
        signed_in(server, Grant("clerk", "hall:ratusz"), name="jan") as jan,
    ):
        id = (await account_of(admin, "jan"))["id"]
        assert (await jan.get(STAFF)).status_code == 403
        role = {"role": "admin", "scope": "hall:ratusz"}
        for _ in range(2):
            given = await admin.post(f"{STAFF}/{id}/grants", json=role)
            assert role in given.json()["grants"]
        assert (await jan.get(STAFF)).status_code == 200
        taken = await admin.delete(f"{STAFF}/{id}/grants/admin/hall:ratusz")
        assert taken.json()["grants"] == [{"role": "clerk", "scope": "hall:ratusz"}]
        assert (await jan.get(STAFF)).status_code == 403
        again = await admin.delete(f"{STAFF}/{id}/grants/admin/hall:ratusz")
        assert refused(again, 404, "not_found")


async def test_a_shut_account_is_out_at_once_and_may_come_back(server: House) -> None:
    async with (
        admins(server, "office:centrum") as [admin],
        signed_in(server, Grant("clerk", "hall:ratusz"), name="jan") as jan,
    ):
        id = (await account_of(admin, "jan"))["id"]
        shut = await admin.post(f"{STAFF}/{id}/disable", json={})
        assert shut.json()["disabled"] is True
        assert (await jan.get("/api/v1/me")).json() == {"kind": "anonymous"}
        assert (await enter(jan, "jan")).status_code == 401
        assert refused(await admin.post(f"{STAFF}/{id}/reset", json={}), 403, "not_allowed")
        await admin.post(f"{STAFF}/{id}/enable", json={})
        assert (await enter(jan, "jan")).status_code == 200


async def test_a_role_at_a_hall_that_is_gone_is_kept_by_those_above_no_more(server: House) -> None:
    async with admins(server, "organisation:miasto") as [admin]:
        await add_account(server, "old", Grant("clerk", "hall:gone"))
        assert "old" not in await names(admin)


ROUTES: list[tuple[str, str, dict[str, str]]] = [
    ("GET", STAFF, {}),
    ("POST", STAFF, NEW),
    ("POST", f"{STAFF}/staff:000000000000/grants", {"role": "clerk", "scope": "hall:ratusz"}),
    ("DELETE", f"{STAFF}/staff:000000000000/grants/clerk/hall:ratusz", {}),
    ("POST", f"{STAFF}/staff:000000000000/disable", {}),
    ("POST", f"{STAFF}/staff:000000000000/enable", {}),
    ("POST", f"{STAFF}/staff:000000000000/reset", {}),
]


async def test_accounts_are_for_administrators(server: House) -> None:
    async with (
        signed_in(server, Grant("supervisor", "organisation:miasto")) as client,
        server.client() as stranger,
    ):
        for method, path, body in ROUTES:
            answer = await client.request(method, path, json=body)
            assert refused(answer, 403, "not_allowed")
            assert refused(await stranger.request(method, path, json=body), 401, "sign_in")


async def test_what_names_no_account_is_not_found(server: House) -> None:
    async with admins(server, "organisation:miasto") as [admin]:
        for account in (
            "nobody",
            "staff:zzzzzzzzzzzz",
            "staff:0000000000000",
            "device:000000000000",
            "%00",
            "a b",
        ):
            assert refused(await admin.post(f"{STAFF}/{account}/disable", json={}), 404, "not_found")
            path = f"{STAFF}/{account}/grants/owner/hall:ratusz"
            assert refused(await admin.delete(path), 404, "not_found")


WRONG: list[dict[str, Any]] = [
    {"name": ""},
    {"name": "  "},
    {"name": "x" * 61},
    {"name": "a\tb"},
    {"name": "a\x00b"},
    {"name": None},
    {"shown": ""},
    {"shown": " \u00a0 "},
    {"shown": "\U0001d15e" * 51},
    {"shown": "x" * 101},
    {"role": "owner"},
    {"role": ["admin"]},
    {"scope": "ratusz"},
    {"scope": "hall:"},
    {"scope": "hall:Ratusz"},
    {"scope": "everything:x"},
    {"password": "a password of one's own"},
]


async def test_what_is_no_account_is_refused(server: House) -> None:
    async with admins(server, "organisation:miasto") as [admin]:
        for wrong in WRONG:
            assert refused(await admin.post(STAFF, json=NEW | wrong), 422, "invalid"), wrong
        assert await names(admin) == {"admin organisation:miasto"}


async def test_every_act_is_on_the_log_by_pseudonyms_alone(server: House) -> None:
    async with admins(server, "organisation:miasto") as [admin]:
        with structlog.testing.capture_logs() as lines:
            opened = (await admin.post(STAFF, json=NEW)).json()
            at = f"{STAFF}/{opened['id']}"
            await admin.post(f"{at}/grants", json={"role": "admin", "scope": "hall:gmina"})
            await admin.delete(f"{at}/grants/admin/hall:gmina")
            code = (await admin.post(f"{at}/reset", json={})).json()["code"]
            await admin.post(f"{at}/disable", json={})
            await admin.post(f"{at}/enable", json={})
        own = (await account_of(admin, "admin organisation:miasto"))["id"]
    said = [line["event"] for line in lines if line.get("by") == own]
    assert said == [
        "account opened",
        "role given",
        "role withdrawn",
        "reset code issued",
        "account shut",
        "account opened again",
    ]
    assert all(line["account"] == opened["id"] for line in lines if "by" in line)
    for secret in ("ewa", "zieli", opened["code"].lower(), code.lower()):
        assert secret not in str(lines).lower()


async def test_signing_in_is_on_the_log_by_pseudonyms_alone(server: House) -> None:
    await add_account(server, "anna", Grant("clerk", "hall:ratusz"))
    with structlog.testing.capture_logs() as lines:
        async with server.client() as client:
            await enter(client, "anna", "wrong phrase here")
            await enter(client, "hanna", "wrong phrase here")
            await enter(client, "anna")
    assert [line["event"] for line in lines] == ["sign-in refused", "sign-in refused", "signed in"]
    assert lines[1]["account"] == "unknown"
    assert "anna" not in str(lines)
    assert "phrase" not in str(lines)
