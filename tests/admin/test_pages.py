"""The pages of opening: each change from its form over the preview to what acts, refusals, undo, closures."""

import re
from datetime import date
from html import unescape

import pytest

from qms.web.catalogue import LANGUAGES
from tests.admin.make import TUESDAY, WEDNESDAY, Office, Person
from tests.booking.web import town


async def test_the_overview_says_what_is_open_when(office: Office, boss: Person) -> None:
    text = await boss.open("")
    assert "Monday–Friday, 08:00–10:00, 13:00–14:00" in text
    assert "November 2026" in text
    assert "Online booking is switched on." in text
    assert "No shift: on duty whenever the hall is open." in text
    for language in LANGUAGES:
        for path in ("", "/hit", "/history", "/change/series", "/change/closure"):
            await boss.open(f"{path}?lang={language}")
            assert f'<html lang="{language}">' in boss.answer.text


async def test_a_new_series_is_previewed_then_saved(office: Office, boss: Person) -> None:
    text = await boss.change(
        "series", **{"from": TUESDAY}, times="14:30-15:30", lanes="1", service_id_card="on"
    )
    assert "Nothing is saved yet." in text
    assert "Monday–Friday, 14:30–15:30 · ID card · 1 visit at once · from 24 November 2026" in text
    assert "This change touches no booked visit." in text
    assert office.version == 1
    assert "The change is saved and in force." in await boss.save()
    assert office.version == 2
    assert "14:30" in await office.free(TUESDAY)
    assert "14:30" not in await office.free(TUESDAY, "taxes")


async def test_overlapping_rules_are_named_before_saving(office: Office, boss: Person) -> None:
    text = await boss.change("series", **{"from": TUESDAY}, times="9:00-11:00")
    assert "Times overlap" in text
    assert office.version == 1


async def test_a_series_changes_from_a_day_on(office: Office, boss: Person) -> None:
    await office.book(WEDNESDAY, "13:00")
    text = await boss.change("from", "?kind=opening&id=all", **{"from": WEDNESDAY}, times="08:00-10:00")
    assert "1 booked visit cannot take place" in text
    assert "Jan Nowak" in text
    assert "outside the times" in text
    assert "13:00" in await office.free(TUESDAY)
    await boss.save()
    assert "13:00" in await office.free(TUESDAY)
    assert "13:00" not in await office.free(WEDNESDAY)
    assert [rule.id for rule in office.setup.bookings.opening] == ["all", "all-2"]  # type: ignore[union-attr]


async def test_one_day_is_different_and_then_as_always(office: Office, boss: Person) -> None:
    query = "?kind=opening&id=all"
    await boss.change("day", query, day=TUESDAY, how="none")
    await boss.save()
    assert await office.free(TUESDAY) == []
    assert await office.free(WEDNESDAY) != []
    assert "24 November 2026: not at all" in await boss.open("")
    await boss.change("day", query, day=TUESDAY, how="times", times="11:00-12:00")
    await boss.save()
    assert (await office.free(TUESDAY))[0] == "11:00"
    await boss.change("day", query, day=TUESDAY, how="usual")
    await boss.save()
    assert (await office.free(TUESDAY))[0] == "08:00"


async def test_a_series_ends(office: Office, boss: Person) -> None:
    await boss.change("end", "?kind=opening&id=all", until=TUESDAY)
    await boss.save()
    assert await office.free(TUESDAY) != []
    assert await office.free(WEDNESDAY) == []


async def test_capacity_is_cut_for_some_days_and_names_who_is_too_many(
    office: Office, boss: Person
) -> None:
    await office.book(TUESDAY, "08:00", "Anna Lis")
    office.house.clock.at = office.house.clock.at.replace(minute=25)
    await office.book(TUESDAY, "08:00", "Piotr Sowa")
    text = await boss.change("fewer", "?id=all", **{"from": TUESDAY}, until=TUESDAY, lanes="1")
    assert "too few counters" in text
    assert "Piotr Sowa" in text, "the youngest"
    assert "Anna Lis" not in text
    await boss.save()
    assert [rule.lanes for rule in office.setup.bookings.opening] == [None, 1, None]  # type: ignore[union-attr]
    assert office.setup.bookings.opening[-1].first_day == date(2026, 11, 25)  # type: ignore[union-attr]


async def test_a_closure_hits_bookings_that_are_then_cancelled_together(
    office: Office, boss: Person
) -> None:
    for day, at, name in (
        (TUESDAY, "08:15", "Anna Lis"),
        (TUESDAY, "13:00", "Piotr Sowa"),
        (WEDNESDAY, "08:15", "Ewa Bąk"),
    ):
        await office.book(day, at, name)
    text = await boss.change(
        "closure", **{"from": TUESDAY}, closes="12:00", opens="7:00", what="hall", reason_pl="Awaria"
    )
    assert "1 booked visit cannot take place" in text
    assert "Saving cancels nothing." in text
    assert "Anna Lis" in text
    assert "Ewa Bąk" not in text
    text = await boss.save()
    assert "Visits that cannot take place" in text
    assert "The change is saved and in force." in text
    assert await office.states(TUESDAY) == {"Anna Lis": "confirmed", "Piotr Sowa": "confirmed"}
    text = await boss.send("/hit")
    assert "The visits are cancelled." in text
    assert await office.states(TUESDAY) == {"Anna Lis": "cancelled", "Piotr Sowa": "confirmed"}
    assert await office.states(WEDNESDAY) == {"Ewa Bąk": "confirmed"}
    assert "Every booked visit can take place." in await boss.open("/hit")


async def test_bookings_that_are_hit_may_be_left(office: Office, boss: Person) -> None:
    for name in ("Anna Lis", "Piotr Sowa"):
        await office.book(TUESDAY, "08:15", name)
    await boss.change("closure", **{"from": TUESDAY})
    await boss.save()
    names = [name for name in boss.form("/hit")[1] if name.startswith("booking-")]
    assert len(names) == 2
    await boss.send("/hit", 422, **{name.replace("-", "_"): "" for name in names})
    assert "nothing was cancelled" in boss.text
    await boss.open("/hit")
    text = await boss.send("/hit", **{names[0].replace("-", "_"): ""})
    assert "The visits are cancelled." in text
    assert sorted((await office.states(TUESDAY)).values()) == ["cancelled", "confirmed"]


async def test_only_what_is_hit_can_be_cancelled_there(office: Office, boss: Person) -> None:
    hit, other = (
        await office.book(TUESDAY, "08:15", "Anna Lis"),
        await office.book(WEDNESDAY, "08:15", "Ewa Bąk"),
    )
    await boss.change("closure", **{"from": TUESDAY})
    await boss.save()
    action, fields = boss.form("/hit")
    assert f"booking-{hit['id']}" in fields
    await boss.client.post(action, data=fields | {f"booking-{other['id']}": "on"})
    assert await office.states(WEDNESDAY) == {"Ewa Bąk": "confirmed"}
    again = await boss.client.post(action, data=fields)
    assert again.status_code == 303, "what was sent twice has been done"


async def test_nothing_opens_a_closed_day(office: Office, boss: Person) -> None:
    """A closure wins over a later series, a later exception, and times that are given back or freed."""
    booked = await office.book(TUESDAY, "08:15")
    await boss.change("closure", **{"from": TUESDAY})
    await boss.save()
    await boss.change("series", **{"from": TUESDAY}, times="10:00-13:00")
    await boss.save()
    await boss.change("day", "?kind=opening&id=all", day=TUESDAY, how="times", times="08:00-16:00")
    await boss.save()
    assert await office.free(TUESDAY) == []
    await boss.client.delete(f"/api/v1/halls/town/appointments/{booked['id']}")
    office.house.clock.at = office.house.clock.at.replace(hour=14)
    assert await office.free(TUESDAY) == []
    assert (await office.book(WEDNESDAY, "08:15"))["state"] == "confirmed"
    body = {
        "services": [{"service": "id-card", "count": 1}],
        "start": f"{TUESDAY}T08:15:00+01:00",
        "via": "phone",
    }
    fields = {"name": "Jan Nowak", "email": "jan@dom.example"}
    answer = await boss.client.post("/api/v1/halls/town/appointments", json={**body, "fields": fields})
    assert answer.json()["code"] == "hall_closed"


async def test_a_closure_is_taken_back(office: Office, boss: Person) -> None:
    await boss.change("closure", **{"from": TUESDAY}, what="services", service_id_card="on")
    await boss.save()
    assert await office.free(TUESDAY) == []
    assert await office.free(TUESDAY, "taxes") != []
    await boss.open("")
    assert "A closure is taken back" in await boss.send("/change/reopen")
    await boss.save()
    assert await office.free(TUESDAY) != []


async def test_the_hall_opens_at_other_hours_and_on_one_more_day(office: Office, boss: Person) -> None:
    await office.book(TUESDAY, "13:00")
    text = await boss.change("hours", hours_tue="8:00-12:00", hours_sun="")
    assert "Opening hours of the hall: Tuesday was 08:00–16:00 will be 08:00–12:00" in text
    assert "Opening hours of the hall: Sunday was 08:00–16:00 will be closed" in text
    assert "1 booked visit cannot take place" in text
    await boss.save()
    assert "Jan Nowak" in boss.text
    assert "13:00" not in await office.free(TUESDAY)
    text = await boss.change("hours-day", day=WEDNESDAY, how="none")
    assert "25 November 2026 was as always will be closed" in text
    await boss.save()
    assert await office.free(WEDNESDAY) == []
    assert "Exception 25 November 2026 closed" in await boss.open("")
    await boss.change("hours-day", day=WEDNESDAY, how="usual")
    await boss.save()
    assert await office.free(WEDNESDAY) != []


async def test_roster_and_time_off(office: Office, boss: Person) -> None:
    await boss.change(
        "series", "?kind=roster&counter=1", **{"from": TUESDAY}, times="08:00-12:00", counter="1"
    )
    await boss.save()
    await boss.change("off", counter="2", **{"from": TUESDAY}, until=WEDNESDAY)
    await boss.save()
    free = await office.free(TUESDAY)
    assert "08:00" in free
    assert "13:00" not in free, "nobody is there"
    assert "Counter 2 · from 24 November 2026 to 25 November 2026" in await boss.open("")
    assert "Time off taken back" in await boss.send("/change/back")
    await boss.save()
    assert "13:00" in await office.free(TUESDAY)
    assert [shift.id for shift in office.setup.roster] == ["shift-1-1"]


async def test_a_shift_only_has_services_of_its_counter(office: Office, boss: Person) -> None:
    await boss.open("/change/series?kind=roster&counter=kasa")
    text = await boss.send("/change/series", 422, times="08:00-12:00", service_address="on")
    assert "This counter does not serve all the services that are ticked." in text


async def test_booking_is_switched_off_and_on(office: Office, boss: Person) -> None:
    await boss.change("online", service_taxes="staff")
    assert "only staff book" in boss.text
    await boss.save()
    assert await office.free(TUESDAY) != []
    assert await office.free(TUESDAY, "taxes") == []
    await boss.change("online", open="")
    await boss.save()
    assert office.setup.bookings.open is False  # type: ignore[union-attr]
    assert await office.free(TUESDAY) == []
    assert "Online booking is switched off." in await boss.open("")


@pytest.mark.parametrize(
    ("what", "query", "typed", "says"),
    [
        ("series", "", {"times": ""}, "Please give the times."),
        ("series", "", {"times": "8-12"}, "Times are written like"),
        ("series", "", {"times": "8:00-12:00, 11:00-13:00"}, "These times overlap."),
        ("series", "", {"from": "soon", "times": "8:00-12:00"}, "Please give a day."),
        (
            "series",
            "",
            {"times": "8:00-9:00", "lanes": "1", "public_lanes": "2"},
            "Online there cannot be more",
        ),
        ("from", "?kind=opening&id=all", {"times": "08:00-10:00, 13:00-14:00"}, "Nothing changes"),
        (
            "day",
            "?kind=opening&id=all",
            {"day": "2025-01-01", "how": "none"},
            "These times do not hold then.",
        ),
        ("end", "?kind=opening&id=all", {"until": ""}, "Please give a day."),
        ("closure", "", {"from": TUESDAY, "until": "2026-11-01"}, "The last day lies before the first."),
        ("closure", "", {"from": TUESDAY, "what": "services"}, "Please tick the services"),
        ("closure", "", {"from": TUESDAY, "reason_en": "Fire"}, "first language"),
        ("closure", "", {"from": TUESDAY, "opens": "8:00"}, "both times"),
        ("settings", "", {"slot": "٣"}, "whole number"),
        ("settings", "", {}, "Nothing changes"),
    ],
)
async def test_what_cannot_be_is_said_at_its_field(
    office: Office, boss: Person, what: str, query: str, typed: dict[str, str], says: str
) -> None:
    await boss.open(f"/change/{what}{query}")
    text = await boss.send(f"/change/{what}", 422, **typed)
    assert says in text
    assert office.version == 1


async def test_a_hall_that_was_changed_meanwhile_is_not_overwritten(office: Office, boss: Person) -> None:
    await boss.change("hold", hold="45")
    stale = boss.form("/save")
    await office.house.apply(town("hold = 20"))
    boss.answer = await boss.client.post(stale[0], data=stale[1])
    assert boss.answer.status_code == 409
    assert "Somebody" in boss.text or "changed" in boss.text
    assert office.version == 2
    await boss.save()
    assert office.version == 3
    assert office.setup.bookings.hold == 45  # type: ignore[union-attr]


async def test_a_form_that_was_filled_before_somebody_changed_the_hall_says_so(
    office: Office, boss: Person
) -> None:
    """Its other fields would take that change back."""
    said = "changed this hall’s settings in the meantime"
    await boss.open("/change/hold")
    await office.house.apply(town("hold = 20"))
    assert said in await boss.send("/change/hold", confirm_within="90")
    assert said not in await boss.change("hold", confirm_within="90")


async def test_the_preview_leads_back_to_the_form_as_it_was_typed(office: Office, boss: Person) -> None:
    await boss.change("hold", hold="45")
    await boss.send("/save", button="edit")
    assert boss.form("/change/hold")[1]["hold"] == "45"


async def test_a_form_is_the_same_in_another_language(office: Office, boss: Person) -> None:
    await boss.open("/change/from?kind=roster&id=nothing", 404)
    await boss.open("/change/from?kind=opening&id=all")
    link = re.search(r'href="([^"]*lang=de)"', boss.answer.text)
    assert link
    boss.answer = await boss.client.get(unescape(link[1]))
    assert boss.answer.status_code == 200
    assert "Zeiten ab einem Tag ändern" in boss.text
    assert boss.form("/change/from")[1]["id"] == "all"


async def test_history_and_undo(office: Office, boss: Person) -> None:
    await boss.change("hold", hold="45")
    await boss.save()
    await boss.change("closure", **{"from": TUESDAY})
    await boss.save()
    text = await boss.open("/history")
    assert "Version 3 in force" in text
    assert "boss" in text
    assert "A new closure" in text
    assert "from the command line" in text
    assert "The first version." in text
    text = await boss.send("/change/undo")
    assert "A closure is taken back" in text
    await boss.save()
    assert office.version == 4
    assert office.setup.closures == ()
    assert office.setup.bookings.hold == 45  # type: ignore[union-attr]
    await boss.open("/history")
    number = boss.answer.text.index('name="version" value="1"')
    assert number > 0
    token = boss.form("/change/undo")[1]["csrf"]
    boss.answer = await boss.client.post("/opening/town/change/undo", data={"csrf": token, "version": "1"})
    await boss.save()
    assert office.setup.bookings.hold == 30  # type: ignore[union-attr]
    assert office.version == 5


@pytest.mark.parametrize("version", ["99", "0", "-1", "x", "", "9" * 40])
async def test_a_version_that_never_was_cannot_be_brought_back(
    office: Office, boss: Person, version: str
) -> None:
    await boss.open("/change/settings")
    token = boss.form("/change/settings")[1]["csrf"]
    data = {"csrf": token, "version": version}
    assert (await boss.client.post("/opening/town/change/undo", data=data)).status_code == 404


async def test_supervisors_see_and_cancel_but_do_not_change(office: Office) -> None:
    sue, ann = office.people["sue"], office.people["ann"]
    await sue.open("")
    assert "/change/" not in sue.answer.text
    await sue.open("/hit")
    await sue.open("/history")
    await sue.open("/change/closure", 403)
    await ann.open("", 403)
    await ann.open("/hit", 403)


async def test_what_does_not_exist_is_not_found(office: Office, boss: Person) -> None:
    for path in ("/change/nothing", "/change/undo", "/change/from?id=nothing", "/change/reopen"):
        await boss.open(path, 404)
    assert (await boss.client.get("/opening/nowhere")).status_code == 404


async def test_a_hall_without_bookings_is_given_its_first_rules(office: Office, boss: Person) -> None:
    await office.house.apply(town().partition("[bookings]")[0])
    assert office.setup.bookings is None
    await boss.open("")
    await boss.change("settings")
    await boss.save()
    await boss.change("series", **{"from": TUESDAY}, times="08:00-12:00")
    await boss.save()
    await boss.change("online", open="on")
    await boss.save()
    assert await office.free(TUESDAY) != []


async def test_the_start_page_leads_there(office: Office) -> None:
    for who, leads in (("boss", True), ("sue", True), ("ann", False)):
        page = await office.people[who].client.get("/staff")
        assert ('href="/opening/town"' in page.text) is leads
