"""A real office for faults: a server in a process of its own that is killed, and kiosks before it."""

import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from httpx2 import AsyncClient
from PIL.Image import Image
from PIL.Image import open as open_image
from zxingcpp import read_barcodes

from qms.app import assemble, running
from qms.cli.work import hall_apply
from qms.devices.agent.folder import Folder
from qms.devices.agent.upstream import TOKEN
from qms.settings import load
from qms.staff.rules.roles import Grant
from tests.app.make import SAME, device, session
from tests.cli.make import Running, serving
from tests.devices.agents import Kiosk, kiosk
from tests.halls.make import noon

HALL = "town"
SETUP = """
id = "town"
names = {{ pl = "Sala", en = "Hall" }}
zone = "{zone}"
languages = ["pl", "en"]
[office]
id = "office"
organisation = "office"
names = {{ pl = "Urząd", en = "Office" }}
[hours]
{hours}
[groups.papers]
letter = "A"
names = {{ pl = "Dokumenty", en = "Papers" }}
[services.id-card]
group = "papers"
minutes = 5
names = {{ pl = "Dowód", en = "ID card" }}
[counters.1]
names = {{ pl = "1", en = "1" }}
level_1 = ["id-card"]
[conduct]
offline_numbers = 15
"""


def setup() -> str:
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return SETUP.format(zone=noon(), hours="\n".join(f'{day} = ["01:00-23:00"]' for day in days))


@dataclass
class Office:
    """What was prepared: the tokens of its kiosks, and the headers of a clerk."""

    folder: Path
    kiosks: list[str]
    clerk: dict[str, str]

    @contextmanager
    def open(self, port: int = 0) -> Iterator[Running]:
        """Its server runs."""
        with serving(self.folder, port=port, QMS_PUBLIC_LIMIT="1000000/minute") as server:
            yield server

    @asynccontextmanager
    async def kiosk(self, n: int, base: str, **job: Any) -> AsyncIterator[Kiosk]:
        """The agent of one of its kiosks, in this loop."""
        async with kiosk(base, self.paired(n), hall=HALL, code=None, **job) as browser:
            yield browser

    def paired(self, n: int) -> Path:
        """The folder of a kiosk that is paired."""
        data = self.folder / f"kiosk-{n}"
        if not (data / TOKEN).exists():
            Folder(data).write(TOKEN, self.kiosks[n].encode())
        return data


async def prepare(folder: Path, kiosks: int = 1) -> Office:
    """A hall that is open all day, with a clerk and kiosks."""
    server = assemble(load(data=folder))
    async with running(server, jobs=False):
        await hall_apply(server, setup())
        aside = server.site.writer.aside
        tokens = [await aside(partial(device, kind="kiosk", hall=HALL)) for _ in range(kiosks)]
        clerk = await aside(partial(session, name="ann", grant=Grant("clerk", f"hall:{HALL}")))
    return Office(folder, tokens, {"Cookie": f"qms_session={clerk}", **SAME})


def token_on(paper: Image) -> str:
    """The token in the code on a paper: it is one ticket's."""
    (code,) = read_barcodes(paper.convert("L"))
    return code.text.rpartition("/")[2]


def opened(picture: Path) -> Image:
    """The picture of a slip."""
    return open_image(io.BytesIO(picture.read_bytes()))


async def number_of(client: AsyncClient, token: str) -> str:
    """The number of the ticket with that token, as its holder's phone has it."""
    answer = await client.get(f"/api/v1/tickets/{token}")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["number"])


async def waiting(client: AsyncClient) -> int:
    """How many people wait, by the server's count."""
    queues = (await client.get(f"/api/v1/halls/{HALL}/queues")).json()["services"]
    return sum(queue["waiting"] for queue in queues.values())
