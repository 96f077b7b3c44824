"""Printing on a real socket: what is on paper counts, what is not does not, and the printer says how it is."""

import asyncio
import errno
import os
import socket
import subprocess
import sys
import threading
import time
import tty
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from qms.devices.paper.picture import draw
from qms.devices.printer import escpos, lines, protocol
from qms.devices.printer.escpos import Printer, PrinterFailed, Status, commands
from qms.twin.commands import Parser
from qms.twin.printer import DOT, PrinterSimulator
from tests.devices.papers import LINK, WIDTHS, scanned, slip


@pytest.fixture
async def simulator(tmp_path: Path) -> AsyncIterator[PrinterSimulator]:
    async with PrinterSimulator(tmp_path / "paper") as running:
        yield running


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait a little where otherwise two seconds are waited."""
    for module in (escpos, lines):
        monkeypatch.setattr(module, "SECONDS", 0.2)


def printer(simulator: PrinterSimulator, dots: int = 576) -> Printer:
    return Printer(simulator.address, dots)


async def status(printer: Printer) -> Status:
    return await asyncio.to_thread(printer.status)


async def put(printer: Printer, image: Image.Image, copies: int = 1) -> None:
    await asyncio.to_thread(printer.print, image, copies)


def same(path: Path, image: Image.Image) -> bool:
    """Whether a printed slip shows the very dots that were drawn."""
    with Image.open(path) as printed:
        return (
            printed.size == image.size
            and ImageChops.difference(printed.convert("L"), image.convert("L")).getbbox() is None
        )


@pytest.mark.parametrize("dots", WIDTHS)
async def test_what_was_drawn_is_printed_dot_by_dot_and_its_code_is_read(tmp_path: Path, dots: int) -> None:
    image = draw(slip("uk"), dots)
    async with PrinterSimulator(tmp_path, dots=dots) as simulator:
        await put(printer(simulator, dots), image)
        (path,) = simulator.slips
        assert same(path, image)
        with Image.open(path) as printed:
            assert scanned(printed) == [LINK]


async def test_a_print_that_returns_is_on_paper(simulator: PrinterSimulator) -> None:
    simulator.speed = 2000
    await put(printer(simulator), draw(slip(), 576))
    assert len(simulator.slips) == 1


async def test_copies_are_slips_of_their_own(simulator: PrinterSimulator) -> None:
    image = draw(slip(), 576)
    await put(printer(simulator), image, copies=3)
    assert len(simulator.slips) == 3
    assert all(same(path, image) for path in simulator.slips)


async def test_one_after_the_other_prints_on_the_same_roll(simulator: PrinterSimulator) -> None:
    one, image = printer(simulator), draw(slip(), 576)
    before = simulator.paper
    await put(one, image)
    await put(one, image)
    assert len(simulator.slips) == 2
    assert simulator.paper == pytest.approx(before - 2 * image.height * DOT)


async def test_the_printer_says_how_it_is(simulator: PrinterSimulator) -> None:
    one = printer(simulator)
    assert await status(one) == "ok"
    await simulator.load(100)
    assert await status(one) == "paper_low"
    await simulator.load(0)
    assert await status(one) == "paper_out"
    await simulator.open_cover()
    assert await status(one) == "cover_open"
    await simulator.open_cover(False)
    await simulator.load()
    assert await status(one) == "ok"


@pytest.mark.parametrize(
    ("paper", "cover", "answers"),
    [
        (9999, False, (0x12, 0x12, 0x12, 0x12)),
        (50, False, (0x12, 0x12, 0x12, 0x1E)),
        (0, False, (0x1A, 0x32, 0x12, 0x7E)),
        (9999, True, (0x1A, 0x16, 0x12, 0x12)),
    ],
)
async def test_the_simulator_answers_questions_byte_by_byte_as_printers_do(
    simulator: PrinterSimulator, paper: float, cover: bool, answers: tuple[int, ...]
) -> None:
    await simulator.load(paper)
    await simulator.open_cover(cover)
    host, port = simulator.address.split(":")[1:]
    reader, writer = await asyncio.open_connection(host, int(port))
    for what, expected in zip((1, 2, 3, 4), answers, strict=True):
        writer.write(protocol.ASK + bytes([what]))
        assert (await reader.readexactly(1))[0] == expected
    if paper and not cover:
        writer.write(protocol.WHEN_DONE)
        assert (await reader.readexactly(1))[0] == (0x03 if paper < 100 else 0)
    writer.close()
    await writer.wait_closed()


def test_answers_of_both_kinds_are_told_apart() -> None:
    asked = {0x12 | bits for bits in (0, 0x04, 0x08, 0x0C, 0x20, 0x24, 0x60, 0x6C)}
    assert all(protocol.is_answer(byte) and not protocol.is_done(byte) for byte in asked)
    assert all(protocol.is_done(byte) and not protocol.is_answer(byte) for byte in (0, 3, 12, 15))


async def test_paper_that_ends_in_the_middle_leaves_a_torn_piece_and_no_slip(
    simulator: PrinterSimulator,
) -> None:
    image = draw(slip(), 576)
    await simulator.load(image.height * DOT / 2)
    with pytest.raises(PrinterFailed) as failed:
        await put(printer(simulator), image)
    assert failed.value.status == "paper_out"
    assert simulator.slips == []
    (piece,) = simulator.torn
    with Image.open(piece) as torn:
        assert abs(torn.height - image.height / 2) <= 1


async def test_paper_that_ends_in_the_second_copy_fails_the_whole_print(
    simulator: PrinterSimulator,
) -> None:
    image = draw(slip(), 576)
    await simulator.load(image.height * DOT * 1.5)
    with pytest.raises(PrinterFailed):
        await put(printer(simulator), image, copies=2)
    assert len(simulator.torn) == 1


async def test_what_a_torn_slip_left_does_not_come_out_with_the_next_roll(
    simulator: PrinterSimulator,
) -> None:
    one, image = printer(simulator), draw(slip(), 576)
    await simulator.load(40)
    with pytest.raises(PrinterFailed):
        await put(one, image)
    await simulator.load()
    await put(one, image)
    assert [same(path, image) for path in simulator.slips] == [True]
    assert len(simulator.torn) == 1


async def test_a_printer_that_is_not_told_to_forget_prints_the_rest_which_is_no_slip(
    simulator: PrinterSimulator,
) -> None:
    await simulator.load(40)
    host, port = simulator.address.split(":")[1:]
    _, writer = await asyncio.open_connection(host, int(port))
    image = draw(slip(), 576)
    writer.write(commands(image) * 2)
    await writer.drain()
    await simulator.until(lambda: bool(simulator.torn))
    await simulator.load()
    await simulator.until(lambda: bool(simulator.slips))
    writer.close()
    assert [path.name for path in simulator.torn] == ["0001-torn.png", "0002-rest.png"]
    assert same(simulator.slips[0], image)


@pytest.mark.parametrize(
    ("paper", "cover", "expected"), [(0, False, "paper_out"), (500, True, "cover_open")]
)
async def test_nothing_is_sent_to_a_printer_that_cannot_print(
    simulator: PrinterSimulator, paper: float, cover: bool, expected: Status
) -> None:
    await simulator.load(paper)
    await simulator.open_cover(cover)
    with pytest.raises(PrinterFailed) as failed:
        await put(printer(simulator), draw(slip(), 576))
    assert failed.value.status == expected
    await simulator.open_cover(False)
    await simulator.load()
    await put(printer(simulator), draw(slip(), 576))
    assert len(simulator.slips) == 1


async def test_a_cover_that_is_opened_in_the_middle_fails_the_print(simulator: PrinterSimulator) -> None:
    simulator.speed = 100
    work = asyncio.create_task(put(printer(simulator), draw(slip(), 576)))
    await simulator.until(lambda: simulator.paper < 79_990)
    await simulator.open_cover()
    with pytest.raises(PrinterFailed) as failed:
        await work
    assert failed.value.status == "cover_open"


@pytest.mark.usefixtures("impatient")
async def test_a_mute_printer_is_found_out_and_given_nothing(simulator: PrinterSimulator) -> None:
    simulator.mute = True
    assert await status(printer(simulator)) == "no_answer"
    with pytest.raises(PrinterFailed) as failed:
        await put(printer(simulator), draw(slip(), 576))
    assert failed.value.status == "no_answer"
    assert simulator.slips == simulator.torn == []


async def test_a_printer_that_is_not_there_does_not_answer_and_is_well_when_it_is_back(
    simulator: PrinterSimulator,
) -> None:
    one = printer(simulator)
    await simulator.unplug()
    assert await status(one) == "no_answer"
    with pytest.raises(PrinterFailed) as failed:
        await put(one, draw(slip(), 576))
    assert failed.value.status == "no_answer"
    await simulator.plug()
    assert await status(one) == "ok"
    await put(one, draw(slip(), 576))
    assert len(simulator.slips) == 1


async def test_a_plug_pulled_while_it_prints_fails_the_print(simulator: PrinterSimulator) -> None:
    simulator.speed = 20
    work = asyncio.create_task(put(printer(simulator), draw(slip(), 576)))
    await simulator.until(lambda: simulator.paper < 79_990)
    await simulator.unplug()
    with pytest.raises(PrinterFailed) as failed:
        await work
    assert failed.value.status == "no_answer"


@pytest.mark.usefixtures("impatient")
async def test_a_printer_that_never_says_when_it_is_done_is_given_the_time_it_needs() -> None:
    heard = bytearray()

    async def cheap(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        parser = Parser()
        while data := await reader.read(65536):
            heard.extend(data)
            for command in parser.feed(data):
                if command.name == "ask":
                    writer.write(b"\x12")
        writer.close()

    server = await asyncio.start_server(cheap, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    image = Image.new("1", (384, 40), 1)
    await put(Printer(f"tcp:127.0.0.1:{port}", 384), image)
    server.close()
    await server.wait_closed()
    assert commands(image) in heard


def test_a_device_file_gets_the_bytes_and_is_well_while_it_is_there(tmp_path: Path) -> None:
    path, image = tmp_path / "lp0", Image.new("1", (384, 300), 0)
    one = Printer(f"file:{path}", 384)
    assert one.status() == "no_answer"
    with pytest.raises(PrinterFailed):
        one.print(image)
    path.touch()
    assert one.status() == "ok"
    one.print(image, copies=2)
    assert path.read_bytes() == commands(image) * 2


@pytest.mark.usefixtures("impatient")
def test_a_device_that_takes_nothing_more_fails_the_print(tmp_path: Path) -> None:
    path = tmp_path / "lp0"
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # and nobody reads
    with pytest.raises(PrinterFailed) as failed:
        Printer(f"file:{path}", 576).print(Image.new("1", (576, 2000), 0))
    os.close(reading)
    assert failed.value.status == "no_answer"


@pytest.fixture
def cable(simulator: PrinterSimulator) -> Iterator[str]:
    """A serial port at whose other end the simulator is."""
    outer, inner = os.openpty()
    tty.setraw(outer)
    tty.setraw(inner)
    host, port = simulator.address.split(":")[1:]
    line = socket.create_connection((host, int(port)))

    def there() -> None:
        try:
            while data := os.read(outer, 4096):
                line.sendall(data)
        except OSError:
            pass

    def back() -> None:
        try:
            while data := line.recv(64):
                os.write(outer, data)
        except OSError:
            pass

    threads = [threading.Thread(target=work, daemon=True) for work in (there, back)]
    for thread in threads:
        thread.start()
    yield os.ttyname(inner)
    line.shutdown(socket.SHUT_RDWR)
    line.close()
    os.close(inner)
    os.close(outer)
    for thread in threads:
        thread.join(2)


async def test_a_printer_on_a_serial_cable_prints_and_answers(
    simulator: PrinterSimulator, cable: str
) -> None:
    one, image = Printer(f"serial:{cable}:115200", 576), draw(slip(), 576)
    assert await status(one) == "ok"
    await put(one, image)
    await put(one, image)
    assert [same(path, image) for path in simulator.slips] == [True, True]
    await simulator.load(20)
    with pytest.raises(PrinterFailed) as failed:
        await put(one, image)
    assert failed.value.status == "paper_out"
    one.close()


class OnUsb:
    """What the library says of a printer on USB that the system has taken for itself."""

    def __init__(self) -> None:
        self.taken, self.heard, self.says = True, bytearray(), b""
        self.parser = Parser()

    def is_kernel_driver_active(self, _interface: int) -> bool:
        return self.taken

    def detach_kernel_driver(self, _interface: int) -> None:
        self.taken = False

    def set_configuration(self) -> None:
        assert not self.taken

    def get_active_configuration(self) -> dict[tuple[int, int], list[SimpleNamespace]]:
        inward = SimpleNamespace(bEndpointAddress=0x81, read=self.read)
        return {(0, 0): [inward, SimpleNamespace(bEndpointAddress=0x02, write=self.write)]}

    def write(self, data: bytes, _milliseconds: int) -> None:
        self.heard.extend(data)
        answers = {"ask": b"\x12", "when_done": b"\x00"}
        self.says += b"".join(answers.get(command.name, b"") for command in self.parser.feed(data))

    def read(self, size: int, milliseconds: int) -> bytes:
        assert milliseconds > 0  # 0 would wait for ever
        if not self.says:
            raise OSError(errno.ETIMEDOUT, "timed out")
        said, self.says = self.says[:size], self.says[size:]
        return said


def test_a_printer_on_usb_is_taken_from_the_system_and_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    device = OnUsb()
    let_go: list[object] = []
    monkeypatch.setattr("usb.core.find", lambda **ids: device if ids["idVendor"] == 0x04B8 else None)
    monkeypatch.setattr("usb.util.dispose_resources", let_go.append)
    one, image = Printer("usb:04b8:0e15", 576), draw(slip(), 576)
    assert one.status() == "ok"
    one.print(image)
    assert commands(image) in device.heard
    one.close()
    assert let_go == [device]
    assert Printer("usb:1234:0001", 576).status() == "no_answer"


async def test_a_picture_wider_than_the_paper_is_not_sent(simulator: PrinterSimulator) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        await put(printer(simulator, 384), draw(slip(), 576))
    assert simulator.slips == []


@pytest.mark.parametrize("address", ["", "tcp:", "lpt:1", "usb:x:y", "serial:", "192.168.1.5"])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Printer(address, 576)


@given(cuts=st.lists(st.integers(0, 4000), max_size=6))
def test_commands_are_read_the_same_in_whatever_pieces_they_come(cuts: list[int]) -> None:
    image = Image.effect_noise((64, 400), 90).convert("1")
    data = b"\x10\x04\x04" + commands(image) + protocol.WHEN_DONE + b"\n\x1d\x07" + protocol.FORGET
    whole = list(Parser().feed(data))
    parser, edges = Parser(), sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = [command for a, b in pairwise(edges) for command in parser.feed(data[a:b])]
    assert pieces == whole
    assert [command.name for command in whole] == [
        "ask", "start", "picture", "picture", "cut", "when_done", "feed", "unknown", "unknown", "forget",
    ]  # fmt: skip


@pytest.mark.slow
def test_the_simulator_is_a_program_too(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--port", str(port), "--out", str(tmp_path), "--speed", "0"]
    program = [sys.executable, "-m", "qms.twin.printer", *options]
    one, image = Printer(f"tcp:127.0.0.1:{port}", 576), draw(slip(), 576)
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as running:
        try:
            while one.status() == "no_answer":
                assert running.poll() is None
                time.sleep(0.05)
            one.print(image)
            assert same(tmp_path / "0001.png", image)
            assert running.stdin is not None
            running.stdin.write(b"cover\n")
            running.stdin.flush()
            while one.status() != "cover_open":
                time.sleep(0.05)
        finally:
            running.terminate()
