"""`qms`: the command line. Each command says by `--help` all that it needs."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from qms import settings as config
from qms.app import OutOfDate, assemble
from qms.cli import demo as demo_hall
from qms.cli import serving
from qms.cli.certificate import self_signed
from qms.cli.checking import hall_check
from qms.cli.doing import AsJson, run, show, work
from qms.cli.estimate import estimate
from qms.cli.known import Refused
from qms.cli.screens import device_app, media_app
from qms.cli.simulate import simulate
from qms.cli.staffing import staffing
from qms.ledger.engine import connect
from qms.ledger.lock import AlreadyServed
from qms.ledger.orders import LedgerUnavailable
from qms.ledger.schema import upgrade as upgrade_database
from qms.settings import SettingsError
from qms.twin import replay as twin_replay

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
hall_app = typer.Typer(no_args_is_help=True, help="Halls as files.")
staff_app = typer.Typer(no_args_is_help=True, help="Accounts of staff.")
app.add_typer(hall_app, name="hall")
app.add_typer(staff_app, name="staff")
app.add_typer(device_app, name="device")
app.add_typer(media_app, name="media")
app.command()(staffing)
hall_app.command("check")(hall_check)
app.command()(simulate)
app.command()(estimate)

Speed = Annotated[float | None, typer.Option(help="Business seconds per second of the machine.")]
Port = Annotated[int | None, typer.Option(help="Port on which the server listens.")]
HallId = Annotated[str, typer.Argument(help="Id of the hall.", show_default=False)]
File = Annotated[Path, typer.Argument(help="The file to read.", exists=True, dir_okay=False)]


def main() -> None:
    """The program's entry: whatever goes wrong in a way that was foreseen is one line, not a traceback."""
    foreseen = (SettingsError, Refused, LedgerUnavailable, AlreadyServed, OutOfDate, OSError, ValueError)
    try:
        app()
    except foreseen as error:
        print(f"qms: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address on which the server listens.")] = None,
    port: Port = None,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate chain (PEM): serve HTTPS.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Private key (PEM) of the certificate.")] = None,
    database: Annotated[str | None, typer.Option(help="Database address; else the embedded one.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the embedded database.")] = None,
) -> None:
    """Serve the halls of this office. Settings: config/qms.toml, QMS_… variables, or the options here."""
    settings = config.load(
        host=host, port=port, tls_cert=tls_cert, tls_key=tls_key, database=database, data=data
    )
    serving.log_to_stderr(settings.log_level)
    run(serving.serve(assemble(settings)))


@app.command()
def demo(
    speed: Speed = 20.0,
    port: Port = 8000,
    people: Annotated[bool, typer.Option(help="Simulated citizens and clerks.")] = True,
    data: Annotated[Path | None, typer.Option(help="Folder of the demo's database.")] = None,
    weeks: Annotated[int, typer.Option(help="How long a past new halls are given.", min=0, max=52)] = 3,
) -> None:
    """A hall that lives: demo hall, accounts and devices, with simulated citizens and clerks."""
    folder = data or config.ROOT / "var" / "demo"
    settings = config.load(
        data=folder,
        database=f"sqlite:///{folder / 'qms.db'}",  # never the one that an office works with
        host="127.0.0.1",
        port=port,
        speed=speed,
        public_url=f"http://localhost:{port}",
        log_level="warning",
        public_limit="100000/minute",
        hold_limit="100000/minute",
        sign_in_limit="1000/minute",
    )
    serving.log_to_stderr(settings.log_level)
    run(demo_hall.run(settings, people=people, weeks=weeks))


@app.command()
def upgrade(
    database: Annotated[
        str | None, typer.Option(help="Database address; else the one of the settings.")
    ] = None,
) -> None:
    """Bring a database up to date. An embedded one does this by itself when it is served."""
    upgrade_database(connect(config.load(database=database).database_url))
    print("The database is up to date.")


@app.command()
def certificate(
    name: Annotated[str, typer.Argument(help="Name or address by which people reach the server.")],
    folder: Annotated[Path, typer.Option(help="Where to write it.")] = Path(),
    days: Annotated[int, typer.Option(help="Valid for so many days.")] = 825,
) -> None:
    """Make a self-signed certificate, for a hall without the internet."""
    cert, key = self_signed(name, folder, days)
    print(f"Wrote {cert} and {key}. Serve with: qms serve --tls-cert {cert} --tls-key {key}")


@hall_app.command("apply")
def hall_apply(
    file: File,
    force: Annotated[bool, typer.Option(help="Apply it though the hall has changed since.")] = False,
) -> None:
    """Make a hall file act at once; nobody loses their place in the queue.

    What it changes in the promises to those who wait is printed first.
    """
    text = file.read_bytes().decode("utf-8", "surrogateescape")
    try:
        changes = work("hall_changes", text=text)["changes"]
        if changes:
            print("\n".join(["What is promised to those who wait changes:", *changes]), flush=True)
        done = work("hall_apply", text=text, force=force)
    except Refused as refused:
        raise Refused("\n".join(f"{file}: {line}" for line in str(refused).splitlines())) from None
    for warning in done["warnings"]:
        print(f"{file}: {warning}", file=sys.stderr)
    what = "now acts" if done["changed"] else "acts already; nothing to change"
    print(f"{done['hall']}: version {done['version']} {what}.")


@hall_app.command("export")
def hall_export(hall: HallId) -> None:
    """Print a hall as a file."""
    print(work("hall_export", hall=hall)["text"], end="")


@hall_app.command("list")
def hall_list(as_json: AsJson = False) -> None:
    """Halls that are served."""
    done = work("hall_list")
    show(done, as_json, [f"{hall['hall']}  version {hall['version']}" for hall in done["halls"]])


@staff_app.command("add")
def staff_add(
    name: Annotated[str, typer.Argument(help="Name to sign in by.")],
    role: Annotated[str, typer.Option(help="clerk, supervisor or admin.")],
    at: Annotated[str, typer.Option(help="Id of the organisation, office or hall.")],
    shown: Annotated[str, typer.Option(help="Name that colleagues see.")] = "",
) -> None:
    """Open an account, or give one that is there a further role."""
    done = work("staff_add", name=name, role=role, at=at, shown=shown)
    print(f"{done['name']}: {done['role']} at {done['at']}")
    if "password" in done:
        print(f"First password, to be changed at the first sign-in: {done['password']}")


@staff_app.command("list")
def staff_list(as_json: AsJson = False) -> None:
    """All accounts."""
    done = work("staff_list")
    rows = [
        f"{a['name']}{' (disabled)' if a['disabled'] else ''}  {', '.join(a['roles'])}"
        for a in done["accounts"]
    ]
    show(done, as_json, rows)


@staff_app.command("reset")
def staff_reset(name: Annotated[str, typer.Argument(help="Name to sign in by.")]) -> None:
    """A one-time code by which a forgotten password is set anew, at /password/reset."""
    done = work("staff_reset", name=name)
    print(f"Code for {done['name']}, good for 24 hours, once: {done['code']}")


@staff_app.command("disable")
def staff_disable(
    name: Annotated[str, typer.Argument(help="Name to sign in by.")],
    again: Annotated[bool, typer.Option("--undo", help="Open the account again.")] = False,
) -> None:
    """Shut an account; its sessions end at once."""
    done = work("staff_disable", name=name, disabled=not again)
    print(f"{done['name']}: {'disabled' if done['disabled'] else 'open'}")


@app.command(
    "kiosk-agent",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)
def kiosk_agent(context: typer.Context) -> None:
    """Run beside a kiosk's browser: printer, and numbers while the server is away (`qms kiosk-agent --help`)."""
    # In place of this process, which holds all of the server's modules.
    os.execv(sys.executable, [sys.executable, "-m", "qms.devices.agent", *context.args])  # noqa: S606


@app.command()
def verify(
    hall: HallId,
    day: Annotated[str, typer.Argument(help="Business day, such as 2026-11-24.")],
    as_json: AsJson = False,
) -> None:
    """Check a day's log: the hash chain, and whether folding it again gives the rows that are kept."""
    done = work("verify", hall=hall, day=day)
    faults = [*done["faults"]] or [f"{hall} {day}: {done['events']} events, in order."]
    show(done, as_json, faults)
    if done["faults"]:
        raise typer.Exit(1)


@app.command()
def doctor(as_json: AsJson = False) -> None:
    """Check database, clocks and every hall's whole log."""
    done = work("doctor")
    show(done, as_json, [f"{'ok ' if ok else 'BAD'}  {name}" for name, ok in done["checks"].items()])
    if not all(done["checks"].values()):
        raise typer.Exit(1)


@app.command()
def replay(file: File, as_json: AsJson = False) -> None:
    """Run a real hall's log (CSV) through the rules and the ledger, and report waits by day and room."""
    report = run(twin_replay.replay(file))
    print(json.dumps(report.as_json(), ensure_ascii=False, indent=2) if as_json else report.as_text())
