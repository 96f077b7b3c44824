"""What the command line does to a server: the same functions whether it runs here or behind the socket.

Each takes the server and plain JSON values and gives plain JSON values back.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from qms.app import Server
from qms.cli.changes import hall_changes
from qms.cli.files import media_add, media_list, media_remove
from qms.cli.history import hall_history
from qms.cli.known import ACTOR, Refused, state_of
from qms.devices import writes as devices
from qms.devices.rules.kinds import RIGHTS as DEVICE_KINDS
from qms.devices.rules.kinds import shown as shown_code
from qms.halls.rules.files import HallFile, parse
from qms.halls.rules.merge import plan
from qms.halls.rules.model import Hall
from qms.halls.rules.writing import dump
from qms.kernel.refusal import Refusal
from qms.ledger.chain import check
from qms.ledger.reader import events_of_day
from qms.queue.configure import configure
from qms.queue.http.away import release_numbers
from qms.queue.reads import compare
from qms.queue.rules.state import Queue
from qms.staff import reads as staff
from qms.staff import writes as staff_writes
from qms.staff.rules.roles import Grant, is_role, weakness


async def hall_apply(server: Server, text: str, force: bool = False) -> dict[str, Any]:
    """Make a hall file act. Applying the same file twice changes nothing."""
    file = parse(text)
    if not isinstance(file, HallFile):
        raise Refused("\n".join(str(problem) for problem in file))
    state: Queue | None = server.site.writer.state(file.hall.id)
    current, version = (None, 0) if state is None else (state.hall, state.version)
    change = plan(current, version, file, forced=force)
    warnings = [str(problem) for problem in file.warnings]
    if isinstance(change, Refusal):
        raise Refused(_words(change))
    if change is not None:
        stored = await configure(server.site.writer, change.hall, change.based_on, ACTOR)
        if isinstance(stored, Refusal):
            raise Refused(_words(stored))
        version = stored
    return {"hall": file.hall.id, "version": version, "changed": change is not None, "warnings": warnings}


async def hall_export(server: Server, hall: str) -> dict[str, Any]:
    """A hall as a file."""
    state = state_of(server, hall)
    return {"text": dump(state.setup, state.version)}


async def hall_list(server: Server) -> dict[str, Any]:
    """All halls."""
    halls = [(hall, server.site.writer.state(hall)) for hall in server.site.writer.halls()]
    return {"halls": [{"hall": id, "version": s.version} for id, s in halls if s is not None]}


async def staff_add(
    server: Server, name: str, role: str, at: str, shown: str = "", password: str = ""
) -> dict[str, Any]:
    """Open an account, or give one that is there a further role.

    Without a password one is made up, to be changed at the first sign-in.
    """
    if not is_role(role):
        raise Refused(f"{role}: there is no such role; one of clerk, supervisor, admin")
    scope, site = _scope(server, at), server.site
    if await site.read(lambda conn: staff.account_named(conn, name)):
        grant = Grant(role, scope)  # type: ignore[arg-type]
        await site.writer.aside(
            lambda conn: staff_writes.add_account(
                conn, name, shown or name, None, grant, datetime.now(UTC), must_change=False
            )
        )
        server.sign_in.sessions.forget()
        return {"name": name, "role": role, "at": scope, "new": False}
    first = password or _made_up()
    if why := weakness(first, name):
        raise Refused(f"the password is not taken: {why.replace('_', ' ')}")
    hashed = await server.sign_in.passwords.hash(first)
    await site.writer.aside(
        lambda conn: staff_writes.add_account(
            conn,
            name,
            shown or name,
            hashed,
            Grant(role, scope),  # type: ignore[arg-type]
            datetime.now(UTC),
            must_change=not password,
        )
    )
    told = {"name": name, "role": role, "at": scope, "new": True}
    return told if password else told | {"password": first}


async def staff_list(server: Server) -> dict[str, Any]:
    """All accounts."""
    known = await server.site.read(staff.accounts)
    return {
        "accounts": [
            {
                "name": account.name,
                "shown": account.shown,
                "disabled": account.disabled,
                "roles": [f"{grant.role} at {grant.scope}" for grant in account.grants],
            }
            for account in known
        ]
    }


async def staff_reset(server: Server, name: str) -> dict[str, Any]:
    """A one-time code by which a forgotten password is set anew."""
    account = await _account(server, name)
    now = datetime.now(UTC)
    code = await server.site.writer.aside(lambda conn: staff_writes.begin_reset(conn, account.id, now))
    return {"name": account.name, "code": code}


async def staff_disable(server: Server, name: str, disabled: bool = True) -> dict[str, Any]:
    """Shut an account, or open it again."""
    account = await _account(server, name)
    await server.site.writer.aside(lambda conn: staff_writes.set_disabled(conn, account.id, disabled))
    server.sign_in.sessions.forget()
    await server.site.hub.recheck(lambda principal: principal.id == account.id)
    return {"name": account.name, "disabled": disabled}


async def _account(server: Server, name: str) -> staff.Known:
    known: staff.Known | None = await server.site.read(lambda conn: staff.account_named(conn, name))
    if known is None:
        raise Refused(f"{name}: there is no such account")
    return known


async def device_add(
    server: Server,
    kind: str,
    hall: str,
    counter: str | None = None,
    name: str = "",
    board: str | None = None,
) -> dict[str, Any]:
    """A device and the code by which it is paired."""
    if kind not in DEVICE_KINDS:
        raise Refused(f"{kind}: there is no such device; one of {', '.join(DEVICE_KINDS)}")
    setup = state_of(server, hall).setup
    if (kind == "sign") != (counter is not None):
        raise Refused("a sign belongs to a counter (--counter); other devices do not")
    if counter is not None and setup.counter(counter) is None:
        raise Refused(f"{counter}: the hall has no such counter")
    if board is not None and kind != "board":
        raise Refused("--board says what a board shows; other devices have none")
    if board is not None and setup.board(board) is None:
        raise Refused(f"{board}: the hall has no such board")
    good_for = timedelta(minutes=server.site.settings.pairing_minutes)
    now = datetime.now(UTC)
    id, code = await server.site.writer.aside(
        lambda conn: devices.add_device(conn, kind, hall, counter, name or kind, now, good_for, board)  # type: ignore[arg-type]
    )
    return {"id": id, "code": shown_code(code), "minutes": server.site.settings.pairing_minutes}


async def device_list(server: Server, hall: str) -> dict[str, Any]:
    """A hall's devices."""
    state_of(server, hall)
    rows = await server.site.read(lambda conn: devices.devices_of(conn, hall))
    return {
        "devices": [
            {"id": r["id"], "kind": r["kind"], "name": r["name"]}
            | {"paired": r["paired"] is not None, "revoked": r["revoked"]}
            | {name: r[name] for name in ("counter", "board", "printer") if r[name] is not None}
            | ({"seen": r["seen"].isoformat(timespec="seconds")} if r["seen"] is not None else {})
            | {"unsent": r["unsent"], "refused": r["refused"]}
            for r in rows
        ]
    }


async def device_revoke(server: Server, id: str) -> dict[str, Any]:
    """Shut a device out."""
    hall = await server.site.writer.aside(lambda conn: devices.revoke(conn, id))
    if hall is None:
        raise Refused(f"{id}: there is no such device")
    await release_numbers(server.site, hall, id, ACTOR)
    server.devices.forget()
    await server.site.hub.recheck(lambda principal: principal.id == id)
    return {"id": id}


async def verify(server: Server, hall: str, day: str) -> dict[str, Any]:
    """Check a day's hash chain, fold it again and compare with the rows."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise Refused(f"{day}: a day is written 2026-11-24") from None
    state_of(server, hall)
    codec, version_of = server.site.writer.codec, server.setups.of(hall)

    def look(conn: Any) -> tuple[list[str], int]:
        faults = [str(fault) for fault in check(conn, hall, on)]
        if faults:
            return faults, 0
        events = events_of_day(conn, codec, hall, on)
        return compare(conn, hall, on, events, version_of), len(events)

    faults, events = await server.site.read(look)
    return {"hall": hall, "day": day, "events": events, "faults": faults}


async def doctor(server: Server) -> dict[str, Any]:
    """Whether everything that can be checked is in order."""
    health = server.site.writer.health()
    checks = {"database": health.database, "clocks": abs(health.skew) <= 2}
    for hall in server.site.writer.halls():
        faults = await server.site.read(partial(check, hall=hall))
        checks[f"log of {hall}"] = not faults
    checks |= {f"log of {hall}": False for hall in health.stopped}
    return {"checks": checks, "stopped": dict(health.stopped)}


def _scope(server: Server, at: str) -> str:
    """`hall:…`, `office:…` or `organisation:…` of a plain id; raises Refused where it is not one of them."""
    setups: list[Hall] = [
        state.setup
        for hall in server.site.writer.halls()
        if (state := server.site.writer.state(hall)) is not None and state.hall is not None
    ]
    known = {f"hall:{s.id}" for s in setups} | {f"office:{s.office.id}" for s in setups}
    known |= {f"organisation:{s.office.organisation}" for s in setups}
    if at in known:
        return at
    found = sorted(scope for scope in known if scope.partition(":")[2] == at)
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused(
            f"{at}: there is no such hall, office or organisation (known: {', '.join(sorted(known))})"
        )
    raise Refused(f"{at}: say which one is meant: {' or '.join(found)}")


def _made_up() -> str:
    """A password that can be read out: four groups of four letters and digits, some 78 bits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))


def _words(refusal: Refusal) -> str:
    if refusal.code == "version_changed":
        return (
            "the hall has changed since the version that the file was exported from; "
            "export it again, or use --force"
        )
    if refusal.code == "unknown_version":
        return "the file names a version that this hall has not had; use --force to apply it all the same"
    return refusal.code


Operation = Callable[..., Awaitable[dict[str, Any]]]
OPERATIONS: Mapping[str, Operation] = {
    operation.__name__: operation
    for operation in (
        hall_apply,
        hall_changes,
        hall_export,
        hall_list,
        hall_history,
        staff_add,
        staff_list,
        staff_reset,
        staff_disable,
        device_add,
        device_list,
        device_revoke,
        media_add,
        media_list,
        media_remove,
        verify,
        doctor,
    )
}
