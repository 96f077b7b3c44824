"""Event loops: asynchronous tests of this folder run on both real ones, or on a leaping one if they say so."""

import asyncio
from collections.abc import Callable, Mapping

import pytest
import uvloop

from tests.live.leap import LeapingLoop

Factories = Mapping[str, Callable[[], asyncio.AbstractEventLoop]]
REAL: Factories = {"asyncio": asyncio.SelectorEventLoop, "uvloop": uvloop.new_event_loop}


def pytest_asyncio_loop_factories(item: pytest.Item) -> Factories:
    """`pytest.mark.asyncio(loop_factories=["leaping"])` chooses by name."""
    marker = item.get_closest_marker("asyncio")
    chosen = marker is not None and "loop_factories" in marker.kwargs
    return {**REAL, "leaping": LeapingLoop} if chosen else REAL
