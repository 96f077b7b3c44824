"""Lines to a printer: network, USB, serial, a device file. All speak in bytes, none waits longer than two seconds.

    tcp:192.168.1.50        tcp:printer.local:9100
    usb:04b8:0e15           (vendor and product, as `lsusb` tells)
    serial:/dev/ttyUSB0     serial:/dev/ttyUSB0:38400
    file:/dev/usb/lp0       (nothing is heard from it)

What goes wrong raises OSError.
"""

import errno
import os
import select
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

SECONDS = 2.0
"""So long a printer may keep one waiting."""
PORT, SPEED = 9100, 115_200
INWARD = 0x80
"""Of a USB endpoint's address: it goes from the printer to us."""
CHUNK = 4096
"""So many bytes are sent at once: a printer that takes none for `SECONDS` has stopped."""


class Line(Protocol):
    """An open line. `answers`: whether the printer can be heard on it. `kept`: it stays open between uses."""

    answers: bool
    kept: bool

    def send(self, data: bytes) -> None:
        """Send all of it; raises OSError, also where the printer takes nothing for two seconds."""

    def receive(self, seconds: float, /) -> bytes:
        """What comes, as soon as anything does; nothing where nothing came. Raises OSError where the line is cut."""

    def close(self) -> None:
        """Hang up."""


def opener(address: str) -> Callable[[], Line]:
    """What opens the line of an address; raises ValueError for one that cannot be understood."""
    kind, _, rest = address.partition(":")
    if kind not in OPENERS or not rest:
        raise ValueError(
            f"no printer's address: {address!r}; such as tcp:HOST, usb:VENDOR:PRODUCT, serial:DEVICE"
        )
    return OPENERS[kind](rest)


class Tcp:
    """A printer on the network, which may serve others too: nobody keeps the line longer than needed."""

    answers, kept = True, False

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), SECONDS)
        # The end of a paper must not wait for the printer to confirm what came before it (40 ms).
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes) -> None:
        self._socket.settimeout(SECONDS)
        for start in range(0, len(data), CHUNK):
            self._socket.sendall(data[start : start + CHUNK])

    def receive(self, seconds: float) -> bytes:
        self._socket.settimeout(seconds)
        try:
            got = self._socket.recv(64)
        except TimeoutError:
            return b""
        if not got:
            raise ConnectionResetError(errno.ECONNRESET, "the printer hung up")
        return got

    def close(self) -> None:
        self._socket.close()


class Port:
    """A printer on a serial port, also one that a USB cable makes."""

    answers, kept = True, True

    def __init__(self, device: str, speed: int) -> None:
        from serial import Serial  # of the extra `cable`

        self._port: Any = Serial(device, speed, timeout=SECONDS, write_timeout=SECONDS)

    def send(self, data: bytes) -> None:
        step = max(1, self._port.baudrate // 20)  # half a second's worth
        for start in range(0, len(data), step):
            self._port.write(data[start : start + step])
            self._port.flush()

    def receive(self, seconds: float) -> bytes:
        self._port.timeout = seconds
        first = bytes(self._port.read(1))
        return first + bytes(self._port.read(self._port.in_waiting)) if first else b""

    def close(self) -> None:
        self._port.close()


class Usb:
    """A printer on a USB cable, by vendor and product."""

    answers, kept = True, True

    def __init__(self, vendor: int, product: int) -> None:
        import usb.core  # of the extra `cable`
        import usb.util

        self._device: Any = usb.core.find(idVendor=vendor, idProduct=product)
        if self._device is None:
            raise OSError(errno.ENODEV, "no such printer on USB")
        with suppress(NotImplementedError):
            if self._device.is_kernel_driver_active(0):
                self._device.detach_kernel_driver(0)
        self._device.set_configuration()
        self._release = usb.util.dispose_resources
        ways: dict[bool, Any] = {}
        for end in self._device.get_active_configuration()[(0, 0)]:
            ways.setdefault(bool(end.bEndpointAddress & INWARD), end)
        if len(ways) < 2:
            raise OSError(errno.ENXIO, "that is no printer that answers")
        self._inward, self._outward = ways[True], ways[False]

    def send(self, data: bytes) -> None:
        for start in range(0, len(data), CHUNK):
            self._outward.write(data[start : start + CHUNK], round(SECONDS * 1000))

    def receive(self, seconds: float) -> bytes:
        try:
            return bytes(self._inward.read(64, max(1, round(seconds * 1000))))
        except OSError as error:
            if error.errno == errno.ETIMEDOUT:
                return b""
            raise

    def close(self) -> None:
        self._release(self._device)


class Device:
    """A device file, or a pipe: one can only write to it."""

    answers, kept = False, False

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)

    def send(self, data: bytes) -> None:
        until, left = time.monotonic() + SECONDS, memoryview(data)
        while left:
            _, ready, _ = select.select([], [self._file], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise TimeoutError(errno.ETIMEDOUT, "the printer takes nothing")
            left = left[os.write(self._file, left[:CHUNK]) :]
            until = time.monotonic() + SECONDS

    def receive(self, _seconds: float) -> bytes:
        return b""

    def close(self) -> None:
        os.close(self._file)


def _tcp(rest: str) -> Callable[[], Line]:
    host, _, port = rest.rpartition(":") if rest.rpartition(":")[2].isdigit() else (rest, "", str(PORT))
    return lambda: Tcp(host.strip("[]"), int(port))


def _usb(rest: str) -> Callable[[], Line]:
    _needed("usb")
    vendor, product = (int(part, 16) for part in rest.split(":"))
    return lambda: Usb(vendor, product)


def _serial(rest: str) -> Callable[[], Line]:
    _needed("serial")
    device, _, speed = rest.rpartition(":") if rest.rpartition(":")[2].isdigit() else (rest, "", str(SPEED))
    return lambda: Port(device, int(speed))


def _needed(library: str) -> None:
    try:
        __import__(library)
    except ImportError:
        raise ValueError("printers on a cable need more: pip install 'qms[cable]'") from None


OPENERS: Mapping[str, Callable[[str], Callable[[], Line]]] = {
    "tcp": _tcp,
    "usb": _usb,
    "serial": _serial,
    "file": lambda rest: lambda: Device(rest),
}
