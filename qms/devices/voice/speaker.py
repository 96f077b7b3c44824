"""The voice of the server: sentences become sound a few at a time, and those said lately are remembered."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from qms.devices.voice.speak import speak
from qms.web.problems import Problem

Key = tuple[str, str]
"""A language, and a sentence in it."""
AT_ONCE: Final = 2
"""Programs that run at a time; a sentence takes one some 50 ms."""
MOST_WAITING: Final = 40
"""Sentences in line; a further one would come too late to be worth saying."""
REMEMBERED: Final = 16_000_000
"""Bytes of sound that are kept: some 150 sentences."""


class Speaker:
    """Says each sentence once, however many boards ask for it at a time."""

    def __init__(self, say: Callable[[str, str], bytes | None] = speak) -> None:
        self._say = say
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._begun: dict[Key, asyncio.Task[bytes | None]] = {}
        self._said: OrderedDict[Key, bytes] = OrderedDict()
        self._size = 0

    async def sound(self, language: str, sentence: str) -> bytes | None:
        """A WAV file, None where nothing can say it; raises Problem `unavailable` where too many wait."""
        key = (language, sentence)
        known = self._said.get(key)
        if known is not None:
            self._said.move_to_end(key)
            return known
        begun = self._begun.get(key)
        if begun is None:
            if len(self._begun) >= MOST_WAITING:
                raise Problem("unavailable", headers={"Retry-After": "2"})
            begun = self._begun[key] = asyncio.create_task(self._speak(key))
        return await asyncio.shield(begun)  # whoever else asked is not to suffer from one who goes away

    async def _speak(self, key: Key) -> bytes | None:
        try:
            async with self._turns:
                sound = await asyncio.to_thread(self._say, key[1], key[0])
        finally:
            del self._begun[key]
        if sound is not None:
            self._remember(key, sound)
        return sound

    def _remember(self, key: Key, sound: bytes) -> None:
        self._said[key] = sound
        self._size += len(sound)
        while self._size > REMEMBERED:
            self._size -= len(self._said.popitem(last=False)[1])
