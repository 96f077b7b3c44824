"""`python -m qms.devices.agent`, which is `qms kiosk-agent`: a process of its own, without the server's modules."""

import asyncio
import re
import sys
from pathlib import Path
from sqlite3 import Error as DatabaseError
from typing import Annotated, TextIO

import structlog
import typer

from qms.devices.agent.agent import Job, run
from qms.devices.paper.picture import DOTS
from qms.devices.printer.escpos import Printer

HALL = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def kiosk_agent(
    server: Annotated[str, typer.Option(help="Address of the server, such as https://qms.example.org.")],
    hall: Annotated[str, typer.Option(help="Id of the hall in which the kiosk stands.")],
    data: Annotated[
        Path,
        typer.Option(help="Folder for what must survive: numbers, papers, copies, the device's token."),
    ],
    port: Annotated[
        int, typer.Option(help="Port on 127.0.0.1 at which the page is served.", min=0, max=65535)
    ] = 8100,
    printer: Annotated[
        str | None,
        typer.Option(
            help="The printer: tcp:HOST[:9100], usb:VENDOR:PRODUCT, serial:/dev/ttyUSB0 or file:/dev/usb/lp0. "
            "None: numbers are shown on the screen."
        ),
    ] = None,
    width: Annotated[
        int, typer.Option(help="Width of the paper in millimetres: 80, or 58 for 57 to 60.")
    ] = 80,
    code: Annotated[
        str | None,
        typer.Option(help="Pairing code, from `qms device add kiosk`. Without one the page asks for it."),
    ] = None,
    trust: Annotated[
        Path | None,
        typer.Option(
            help="Certificate (PEM) to trust, for a server that made its own.", exists=True, dir_okay=False
        ),
    ] = None,
) -> None:
    """Run beside a kiosk's browser: serve its page on this machine, speak to its printer, and go on without the server.

    Point the browser at http://localhost:PORT/kiosk/. While the server or the network is away, the agent
    gives numbers that are set aside for it, keeps them on disk before they are printed, and hands them in,
    in order, when the line is back. Ctrl-C or SIGTERM stops it; nothing is lost by a kill or a power cut.
    """
    if not server.startswith(("http://", "https://")):
        raise typer.BadParameter("an address begins with https:// or http://", param_hint="--server")
    if not HALL.fullmatch(hall):
        raise typer.BadParameter("an id of a hall is like town-hall-2", param_hint="--hall")
    if width not in DOTS:
        raise typer.BadParameter("80, or 58", param_hint="--width")
    job = Job(
        server=server, hall=hall, data=data, port=port, width=width, code=code, trusted=trust,
        printer=None if printer is None else Printer(printer, DOTS[width]),
    )  # fmt: skip
    asyncio.run(run(job))


def log_to(stream: TextIO) -> None:
    """One line of JSON an event."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(stream),
    )


def main() -> None:
    """The program's entry: what goes wrong in a way that was foreseen is one line."""
    log_to(sys.stderr)
    try:
        app(prog_name="qms kiosk-agent")
    except (OSError, ValueError, DatabaseError) as error:
        print(f"qms kiosk-agent: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(1)


if __name__ == "__main__":
    main()
