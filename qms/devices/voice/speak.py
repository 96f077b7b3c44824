"""A sentence as sound, by espeak-ng where that is installed: a program of its own that is called, not linked.

This module needs nothing but Python, for the kiosk's small agent uses it too.
"""

import io
import math
import re
import shutil
import subprocess
import wave
from array import array
from collections.abc import Mapping
from itertools import islice
from string import ascii_uppercase
from sys import byteorder
from typing import Final, NamedTuple

PROGRAM: Final = "espeak-ng"
LONGEST: Final = 600
"""Characters that are said in one breath."""
PATIENCE: Final = 8.0
"""Seconds until the program is given up; it needs a hundredth of that."""
RATE: Final = 22_050
"""Samples a second, of 16 bits, in one channel."""
LOUDNESS: Final = 3_300
"""What the samples of speech come to (root mean square), 20 dB below the loudest there is."""
PEAK: Final = 29_200
"""No sample is louder: 1 dB below the loudest there is."""
QUIET: Final = 200
"""Below it there is silence, which is cut off at both ends but for a breath."""
BREATH: Final = RATE // 20


class Voice(NamedTuple):
    """A voice of the program, and how many words it says in a minute: slower than talk, for a hall echoes."""

    name: str
    speed: int


VOICES: Final[Mapping[str, Voice]] = {
    "pl": Voice("pl", 140),
    "en": Voice("en-gb", 145),
    "uk": Voice("uk", 135),
    "de": Voice("de", 140),
}
"""Other languages are tried under their own name."""
USUAL_SPEED: Final = 140
UKRAINIAN: Final = "а бе це де е еф же аш і йот ка ел ем ен о пе ку ер ес те у ве дабл-ве ікс ігрек зет"
LETTERS: Final[Mapping[str, Mapping[str, str]]] = {
    "pl": {"W": "wu", "Z": "zet"},
    "en": {"A": "eh"},
    "uk": dict(zip(ascii_uppercase, UKRAINIAN.split(), strict=True)),
}
"""How letters are written that the program would take for a word, or read in another language."""
LETTER: Final = re.compile(r"\b[A-Z]\b")


def speak(text: str, language: str) -> bytes | None:
    """A sentence as a WAV file; None where there is no synthesiser, no such voice, nothing to say or too much. Blocks."""
    program, sayable = shutil.which(PROGRAM), text.strip() and len(text) <= LONGEST
    if program is None or not sayable or not re.fullmatch("[a-z]{2,3}", language):
        return None
    voice = VOICES.get(language, Voice(language, USUAL_SPEED))
    options = ["-v", voice.name, "-s", str(voice.speed), "-b", "1", "--stdin", "--stdout"]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program, the text comes by its standard input
            [program, *options],
            input=_plain(text, language),
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    samples = _samples(done.stdout)
    return _file(_levelled(_trimmed(samples))) if samples else None


def _plain(text: str, language: str) -> bytes:
    """One line, its letters by name, without the marks between which the program reads phonemes."""
    names = LETTERS.get(language, {})
    plain = " ".join(text.replace("[[", " ").replace("]]", " ").split())
    return LETTER.sub(lambda letter: names.get(letter[0], letter[0]), plain).encode("utf-8", "replace")


def _samples(made: bytes) -> "array[int]":
    """What the program wrote: a WAV file whose header does not know its length."""
    start = made.find(b"data", 12) + 8
    samples = array("h")
    if made[:4] == b"RIFF" and start >= 20:
        samples.frombytes(made[start : len(made) - (len(made) - start) % 2])
    if byteorder == "big":
        samples.byteswap()
    return samples


def _trimmed(samples: "array[int]") -> "array[int]":
    """Without the silence before and after."""
    first, last = _first_loud(samples), len(samples) - _first_loud(samples[::-1])
    return samples[max(0, first - BREATH) : last + BREATH]


def _first_loud(samples: "array[int]") -> int:
    return next((n for n, sample in enumerate(samples) if abs(sample) > QUIET), 0)


def _levelled(samples: "array[int]") -> "array[int]":
    """As loud as every other sentence, whichever voice says it."""
    some = list(islice(samples, 0, None, 3))  # every third is enough to tell how loud it is
    loudness = math.sqrt(sum(sample * sample for sample in some) / len(some))
    peak = max(max(samples), -min(samples), 1)
    gain = min(LOUDNESS / max(loudness, 1), PEAK / peak)
    return array("h", [int(sample * gain) for sample in samples])


def _file(samples: "array[int]") -> bytes:
    out = io.BytesIO()
    if byteorder == "big":
        samples.byteswap()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return out.getvalue()
