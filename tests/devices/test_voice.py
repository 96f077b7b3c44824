"""A call as sound: the words of the boards, spoken by a program that may be missing, slow or broken."""

import asyncio
import io
import json
import math
import subprocess
import wave
from array import array
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from qms.devices.voice import speak as voice
from qms.devices.voice.sentence import sentence
from qms.devices.voice.speak import LOUDNESS, PEAK, RATE, speak
from qms.devices.voice.speaker import MOST_WAITING, REMEMBERED, Speaker
from qms.halls.rules.model import Counter
from qms.web.catalogue import LANGUAGES, entries
from qms.web.problems import Problem
from tests.app.inside import SMALL, Inside, inside

SPOKEN = json.loads((Path(__file__).parent / "spoken.json").read_text("utf-8"))
HELLO = b"RIFF a sound"
ADDRESS = f"/api/v1/halls/{SMALL}/speech/pl?number=A012&counter=1"


def samples(sound: bytes) -> "array[int]":
    """What is heard; the file is one that any program reads."""
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return array("h", file.readframes(file.getnframes()))


@pytest.mark.parametrize("call", SPOKEN["calls"], ids=lambda call: f"{call['language']}-{call['number']}")
def test_a_call_is_said_in_the_words_of_the_boards(call: dict[str, Any]) -> None:
    counter = Counter(id="4", names=call["names"], services={"id-card": 1})
    assert sentence(call["language"], call["number"], counter, again=call["again"]) == call["said"]


def test_the_examples_have_the_words_of_the_catalogue() -> None:
    for language in LANGUAGES:
        texts = entries(language, "board")
        assert SPOKEN["words"][language] == {key: texts[key] for key in SPOKEN["words"][language]}


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_real_voice_says_it_loud_enough_and_in_good_time(language: str) -> None:
    counter = Counter(id="4", names={"pl": "4"}, services={"id-card": 1})
    sound = speak(sentence(language, "A012", counter, again=False), language)
    assert sound is not None
    heard = samples(sound)
    assert 1.2 < len(heard) / RATE < 5
    loudness = math.sqrt(sum(one * one for one in heard) / len(heard))
    assert 0.7 * LOUDNESS < loudness < 1.2 * LOUDNESS
    assert max(map(abs, heard)) <= PEAK + 1
    longer = speak(sentence(language, "A012", counter, again=True), language)
    assert longer is not None
    assert len(longer) > len(sound)


@pytest.mark.slow
def test_a_letter_is_read_as_a_letter() -> None:
    for language, letter, read in (("en", "A", "eh"), ("pl", "Z", "zet"), ("uk", "B", "бе")):
        assert speak(f"{letter} 12", language) == speak(f"{read} 12", language)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "language"),
    [("Hello", "xx"), ("Hello", "../pl"), ("Hello", "-f"), ("  ", "en"), ("x" * 1000, "en")],
)
def test_what_nobody_can_say_is_not_said(text: str, language: str) -> None:
    assert speak(text, language) is None


def test_without_the_program_there_is_no_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice, "PROGRAM", "espeak-ng-which-is-not-there")
    assert speak("Hello", "en") is None


@pytest.mark.parametrize("output", [b"", b"not a sound", b"RIFF" + b"x" * 40 + b"data\0\0\0\0"])
def test_a_program_that_says_nothing_sensible_is_no_voice(
    monkeypatch: pytest.MonkeyPatch, output: bytes
) -> None:
    done = subprocess.CompletedProcess([], 0, output)
    monkeypatch.setattr("shutil.which", lambda _name: "/bin/true")
    monkeypatch.setattr("subprocess.run", lambda *_a, **_k: done)
    assert speak("Hello", "en") is None


def test_a_program_that_hangs_or_fails_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(voice, "PATIENCE", 0.1)
    for script in ("sleep 60", "exit 3"):
        program = tmp_path / "espeak"
        program.write_text(f"#!/bin/sh\nexec {script}\n" if "sleep" in script else f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setattr(voice, "PROGRAM", str(program))
        assert speak("Hello", "en") is None


async def test_many_boards_that_ask_at_once_are_told_the_same_by_one_program() -> None:
    said: list[str] = []

    def say(text: str, language: str) -> bytes:
        said.append(f"{language} {text}")
        return HELLO

    speaker = Speaker(say)
    assert await asyncio.gather(*(speaker.sound("pl", "Numer 1") for _ in range(50))) == [HELLO] * 50
    assert await speaker.sound("pl", "Numer 1") == HELLO
    assert await speaker.sound("de", "Numer 1") == HELLO
    assert said == ["pl Numer 1", "de Numer 1"]


async def test_a_line_that_grows_too_long_is_refused_and_passes() -> None:
    free = Event()

    def say(_text: str, _language: str) -> bytes:
        free.wait(10)
        return HELLO

    speaker = Speaker(say)
    asked = [asyncio.create_task(speaker.sound("pl", f"Numer {n}")) for n in range(MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(Problem) as refused:
        await speaker.sound("pl", "Numer 999")
    assert refused.value.code == "unavailable"
    asked[0].cancel()
    free.set()
    assert await asyncio.gather(*asked[1:]) == [HELLO] * (MOST_WAITING - 1)
    assert await speaker.sound("pl", "Numer 999") == HELLO


async def test_what_is_remembered_is_bounded_and_what_failed_is_tried_again() -> None:
    said: list[str] = []

    def say(text: str, _language: str) -> bytes | None:
        said.append(text)
        return None if text == "broken" else bytes(REMEMBERED // 4)

    speaker = Speaker(say)
    for text in ("1", "2", "3", "4", "1", "5", "1", "2"):
        await speaker.sound("pl", text)
    assert said == ["1", "2", "3", "4", "5", "2"]
    assert [await speaker.sound("pl", "broken") for _ in range(2)] == [None, None]
    assert said[-2:] == ["broken", "broken"]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Inside]:
    async with inside(tmp_path) as house:
        yield house


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the server's voice was given to say."""
    said: list[str] = []

    async def sound(_self: Speaker, language: str, text: str) -> bytes | None:
        said.append(f"{language}: {text}")
        return None if language == "uk" else HELLO

    monkeypatch.setattr(Speaker, "sound", sound)
    return said


async def test_a_board_is_given_the_sound_of_a_call(house: Inside, spoken: list[str]) -> None:
    answer = await house.ask("wall", "GET", ADDRESS)
    assert (answer.status_code, answer.content) == (200, HELLO)
    assert answer.headers["content-type"] == "audio/wav"
    assert (await house.ask("press", "GET", f"{ADDRESS}&again=1")).status_code == 200
    assert spoken == ["pl: Numer A 12, Stanowisko 1.", "pl: Ponownie: numer A 12, Stanowisko 1."]


async def test_a_board_speaks_the_calls_of_other_halls_that_it_shows(
    house: Inside, spoken: list[str]
) -> None:
    address = "/api/v1/halls/ratusz/speech/pl?number=A012&counter=1"
    assert (await house.ask("wall", "GET", address)).status_code == 200
    assert (await house.ask("anonymous", "GET", address)).status_code == 401
    assert spoken == ["pl: Numer A 12, stanowisko 1."]


NOT_SAID = [
    ("speech/uk?number=A012&counter=1", 404, "no_voice"),
    ("speech/fr?number=A012&counter=1", 404, "no_voice"),
    ("speech/pl?number=A012&counter=99", 404, "unknown_counter"),
    ("speech/pl?number=A012", 404, "unknown_counter"),
    ("speech/pl?number=&counter=1", 422, "invalid"),
    ("speech/pl?number=free beer&counter=1", 422, "invalid"),
    ("speech/pl?number=A012&counter=1&again=yes", 422, "invalid"),
]


async def test_what_is_no_call_is_not_said(house: Inside, spoken: list[str]) -> None:
    for path, status, code in NOT_SAID:
        answer = await house.ask("wall", "GET", f"/api/v1/halls/{SMALL}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (status, code), path
    assert spoken == ["uk: Номер A 12, Stanowisko 1."]


async def test_nobody_makes_the_server_speak_without_end(tmp_path: Path, spoken: list[str]) -> None:
    async with inside(tmp_path, speech_limit="2/minute") as house:
        answers = [(await house.ask("wall", "GET", ADDRESS)).status_code for _ in range(3)]
        assert answers == [200, 200, 429]
        assert (await house.ask("press", "GET", ADDRESS)).status_code == 200
