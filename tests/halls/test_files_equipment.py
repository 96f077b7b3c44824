"""Zones, boards, kiosk and paper in a hall file."""

from datetime import time

import pytest

from qms.halls.rules.equipment import USUAL_PAPER, Board, Kiosk, Sound
from qms.halls.rules.files import HallFile, parse
from qms.halls.rules.writing import dump
from tests.halls.test_files import GOOD, mistakes, read

EQUIPPED = (
    GOOD
    + """
[zones.ground]
names.pl = "Parter"
volume = 40
heard = ["08:00-12:00", "13:00-16:00"]

[boards.entrance]
names.pl = "Wejście"
zone = "ground"
zones = ["ground"]
groups = ["matters"]
hidden = ["taxes"]
sound = { languages = ["pl"], repeat = 2 }
[[boards.entrance.panels]]
text.pl = "Dzień dobry"
[[boards.entrance.panels]]
kind = "picture"
media = "mapa"
seconds = 30

[kiosk]
paper = "always"
[[kiosk.buttons]]
names.pl = "Złożyć wniosek"
services = ["id-card", "taxes"]
[[kiosk.buttons]]
names.pl = "Odebrać"
services = ["id-card"]

[paper]
parts = ["number", "qr"]
foot.pl = "Zapraszamy"
"""
)


def test_what_stands_and_hangs_in_a_hall_is_read_and_written_back() -> None:
    one = read(EQUIPPED)
    assert one.zones[0].heard[1].opens == time(13)
    board = one.board("entrance")
    assert board is not None
    assert (board.zone, board.hidden, board.sound.repeat) == ("ground", ("taxes",), 2)
    assert [(p.kind, p.seconds) for p in board.panels] == [("text", 15), ("picture", 30)]
    assert [button.services for button in one.kiosk.buttons] == [("id-card", "taxes"), ("id-card",)]
    assert one.paper.parts == ("number", "qr")
    again = parse(dump(one))
    assert isinstance(again, HallFile)
    assert again.hall == one


def test_a_hall_without_equipment_has_the_usual() -> None:
    one = read(GOOD)
    assert (one.zones, one.boards, one.kiosk) == ((), (), Kiosk())
    assert one.paper.parts == USUAL_PAPER
    assert Board(id="x", names={}).sound == Sound(mode="voice", languages=(), repeat=1, volume=100)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('zone = "ground"', 'zone = "attic"', "boards.entrance.zone: there is no zone attic"),
        ('zones = ["ground"]', 'zones = ["attic"]', "boards.entrance.zones.1: there is no zone attic"),
        ('groups = ["matters"]', 'groups = ["x"]', "boards.entrance.groups.1: there is no group x"),
        ('hidden = ["taxes"]', 'hidden = ["x"]', "boards.entrance.hidden.1: there is no service x"),
        ('services = ["id-card"]', 'services = ["x"]', "kiosk.buttons.2.services.1: there is no service x"),
        ('languages = ["pl"], r', 'languages = ["fr"], r', "the hall does not list fr among its languages"),
        ('media = "mapa"', "", "boards.entrance.panels.2: a picture or video must be named in media"),
        ('text.pl = "Dzień dobry"', "", "boards.entrance.panels.1: a text panel must have a text"),
        ('parts = ["number", "qr"]', 'parts = ["qr"]', "paper: a ticket must show its number"),
        ('"08:00-12:00", "13:00-16:00"]\n\n[boards', '"08:00-14:00", "13:00-16:00"]\n\n[boards', "follow"),
        ("volume = 40", "volume = 140", "zones.ground.volume: must be 100 or less"),
        ('paper = "always"', 'papr = "always"', "kiosk.papr: is not a known key; did you mean paper?"),
        ("repeat = 2", "repeat = 9", "boards.entrance.sound.repeat: must be 3 or less"),
    ],
)
def test_a_mistake_in_equipment_is_named_by_its_place(old: str, new: str, said: str) -> None:
    assert old in EQUIPPED
    found = mistakes(EQUIPPED.replace(old, new, 1))
    assert any(said in each for each in found), found


def test_a_service_that_no_button_leads_to_is_an_oversight() -> None:
    found = parse(EQUIPPED.replace('services = ["id-card", "taxes"]', 'services = ["id-card"]'))
    assert isinstance(found, HallFile)
    assert [str(w) for w in found.warnings if "button" in w.text] == [
        "line 56, kiosk.buttons: no button leads to taxes"
    ]
