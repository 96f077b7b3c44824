"""`qms device …` and `qms media …`: the hall's devices, and what their screens show."""

from pathlib import Path
from typing import Annotated

import typer

from qms.cli.doing import AsJson, AtHall, show, work

device_app = typer.Typer(no_args_is_help=True, help="Kiosks, boards and signs.")
media_app = typer.Typer(no_args_is_help=True, help="Pictures and videos for screens and paper.")


@device_app.command("add")
def device_add(
    kind: Annotated[str, typer.Argument(help="kiosk, board or sign.")],
    hall: AtHall,
    counter: Annotated[str | None, typer.Option(help="The counter that a sign belongs to.")] = None,
    name: Annotated[str, typer.Option(help="What the office calls it.")] = "",
    board: Annotated[str | None, typer.Option(help="The set-up board that a board shows.")] = None,
) -> None:
    """Add a device; it is paired by the code that is printed."""
    done = work("device_add", kind=kind, hall=hall, counter=counter, name=name, board=board)
    print(f"Pairing code, good for {done['minutes']} minutes, once: {done['code']}")


@device_app.command("list")
def device_list(hall: AtHall, as_json: AsJson = False) -> None:
    """A hall's devices: what each shows, when it was last heard of, how its printer is, what it has to hand in."""
    done = work("device_list", hall=hall)
    rows = []
    for one in done["devices"]:
        state = "revoked" if one["revoked"] else "paired" if one["paired"] else "new"
        more = [f"{name} {one[name]}" for name in ("counter", "board", "printer") if name in one]
        more += [f"{name} {one[name]}" for name in ("unsent", "refused") if one.get(name)]
        more += [f"seen {one['seen']}"] if "seen" in one else []
        rows.append("  ".join([one["id"], f"{one['kind']:5}", f"{state:7}", one["name"], *more]))
    show(done, as_json, rows)


@device_app.command("revoke")
def device_revoke(id: Annotated[str, typer.Argument(help="Id as `device list` shows it.")]) -> None:
    """Shut a device out."""
    print(f"{work('device_revoke', id=id)['id']}: revoked")


@media_app.command("add")
def media_add(
    file: Annotated[
        Path,
        typer.Argument(
            help="PNG, JPEG or WebP picture, MP4 (H.264) or WebM video.", exists=True, dir_okay=False
        ),
    ],
    hall: AtHall,
    name: Annotated[str, typer.Option(help="Name for the set-up; else made of the file's.")] = "",
    replace: Annotated[bool, typer.Option(help="Put it in the place of the one that is there.")] = False,
) -> None:
    """Keep a picture or a video of a hall; what it is says its content. The server reads the file itself."""
    done = work("media_add", path=str(file.resolve()), hall=hall, name=name, replace=replace)
    print(f"{done['name']}: {done['kind']}, {done['width']} x {done['height']}, {done['size']} bytes")


@media_app.command("list")
def media_list(hall: AtHall, as_json: AsJson = False) -> None:
    """A hall's pictures and videos, and where its set-up names them."""
    done = work("media_list", hall=hall)
    rows = [
        f"{one['name']:20}  {one['kind']:10}  {one['width']} x {one['height']}  {one['size']} bytes"
        f"  {', '.join(one['uses']) or 'not used'}"
        for one in done["files"]
    ]
    rows += [f"{name:20}  named by the set-up, but not here" for name in done["missing"]]
    show(done, as_json, rows)


@media_app.command("remove")
def media_remove(name: Annotated[str, typer.Argument(help="Name of the file.")], hall: AtHall) -> None:
    """Remove a picture or a video that the set-up does not name."""
    print(f"{work('media_remove', name=name, hall=hall)['name']}: removed")
