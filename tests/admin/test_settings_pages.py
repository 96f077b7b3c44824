"""The pages of settings: what is set, each change from its form over the preview to what the public page obeys."""

from qms.admin.rules.settings import GROUPS, PROSE
from qms.halls.rules.booking import Bookings
from qms.web.catalogue import LANGUAGES
from tests.admin.make import TUESDAY, Office, Person
from tests.booking.web import Visitor, town

FORMS = (
    *GROUPS,
    "holidays",
    "last-ticket",
    "service?id=id-card",
    *(f"words?id={id}" for id in PROSE),
)


def bookings(office: Office) -> Bookings:
    assert office.setup.bookings is not None
    return office.setup.bookings


async def public(office: Office, path: str) -> str:
    """A page as somebody sees it who is not signed in."""
    async with office.house.client() as client:
        return await Visitor(client).open(path)


async def test_every_setting_is_shown_and_has_its_form(office: Office, boss: Person) -> None:
    text = await boss.open("/settings")
    assert "How long beforehand one must book 1 h" in text
    assert "When nothing is free" in text
    assert "New times are added on Mondays." in text
    assert "ID card everybody books · Usual length: 10 min · What to bring: 1" in text
    for language in LANGUAGES:
        for path in ("/settings", *(f"/change/{form}" for form in FORMS)):
            await boss.open(f"{path}{'&' if '?' in path else '?'}lang={language}")
            assert f'<html lang="{language}">' in boss.answer.text
            assert "opening." not in boss.text


async def test_settings_are_previewed_then_saved(office: Office, boss: Person) -> None:
    text = await boss.change("settings", walk_in_share="20", lead_minutes="120")
    assert "Share of the day for people without a booking was 0% will be 20%" in text
    assert "Nothing is saved yet." in text
    assert office.version == 1
    assert "The change is saved and in force." in await boss.save()
    assert "Share of the day for people without a booking 20%" in boss.text, "back where it is shown"
    assert (bookings(office).walk_in_share, bookings(office).lead.minutes) == (0.2, 120)
    await boss.open("/history")
    await boss.send("/change/undo")
    await boss.save()
    assert bookings(office).walk_in_share == 0


async def test_the_public_page_obeys(office: Office, boss: Person) -> None:
    await boss.change("settings", horizon_days="0", lead_minutes="0")
    await boss.save()
    assert await office.free(TUESDAY) == []
    await boss.change("words", "?id=nothing_free", words_en="Please call us.")
    await boss.save()
    assert bookings(office).nothing_free["pl"] == "Nowe terminy dodajemy w poniedziałki."
    office.house.clock.at = office.house.clock.at.replace(hour=14)
    assert "Please call us." in await public(office, "/book/town/day?service=id-card")


async def test_a_holiday_closes_and_a_ticked_one_does_not(office: Office, boss: Person) -> None:
    await office.house.apply(town().replace("horizon_days = 20", "horizon_days = 60"))
    await office.book("2026-12-25", "08:15")
    text = await boss.change("holidays", country="PL")
    assert "1 booked visit cannot take place" in text
    await boss.send("/save", button="edit")
    assert "25 December 2026 – Christmas Day" in boss.text
    text = await boss.send("/change/holidays", open_2026_12_25="on")
    assert "Poland; open on: 25 December 2026" in text
    assert "This change touches no booked visit." in text
    await boss.save()
    assert "08:30" in await office.free("2026-12-25")
    await boss.open("/change/holidays")
    await boss.send("/change/holidays", open_2026_12_25="")
    await boss.save()
    assert await office.free("2026-12-25") == []


async def test_regions_are_shown_for_the_country_that_was_chosen(office: Office, boss: Person) -> None:
    await boss.open("/change/holidays")
    assert "Bayern" not in boss.text
    boss.answer = await boss.client.post(
        "/opening/town/change/holidays", data=boss.form("/holidays")[1] | {"country": "DE", "edit": "1"}
    )
    assert "Bayern" in boss.text
    assert boss.form("/holidays")[1]["country"] == "DE"
    await boss.send("/change/holidays", subdivision="BY")
    assert "Germany, Bayern" in boss.text


async def test_the_last_number_of_the_day(office: Office, boss: Person) -> None:
    await boss.change("last-ticket", last_mon="9:00")
    await boss.save()
    client = boss.client
    refused = await client.post("/api/v1/halls/town/tickets", json={"service": "id-card"})
    assert refused.json()["code"] == "after_last_ticket"
    text = await boss.change("last-ticket", last_tue="19:00")
    assert "Is this meant so? Last number: an hour lies outside the opening hours." in text


async def test_one_service_has_its_own_rules_questions_and_documents(office: Office, boss: Person) -> None:
    await boss.change(
        "service", "?id=taxes", horizon_days="60", own_lead="on", lead_minutes="5", question_pl="Opłata?",
        field_0_pl="Numer sprawy", field_0_required="on", document_0_pl="Wezwanie", document_0_en="The summons",
    )  # fmt: skip
    await boss.save()
    now = office.setup.service("taxes")
    assert now is not None
    assert (now.booking.horizon_days, now.booking.question) == (60, {"pl": "Opłata?"})
    assert [each.names for each in now.booking.fields] == [{"pl": "Numer sprawy"}]
    assert "How many days ahead: 60 days" in boss.text
    assert "Opłata?" in await public(office, "/book/town?service=taxes")
    await boss.change("service", "?id=taxes", open="none")
    await boss.save()
    assert await office.free(TUESDAY, "taxes") == []


async def test_contradictions_come_back_at_their_fields_with_nothing_lost(
    office: Office, boss: Person
) -> None:
    await boss.open("/change/contact")
    text = await boss.send("/change/contact", 422, contact_email="off", erase_after_days="30")
    assert "E-mail or telephone must be asked for" in text
    assert boss.form("/change/contact")[1]["erase_after_days"] == "30"
    assert 'id="contact_email-fault"' in boss.answer.text
    await boss.open("/change/freed")
    text = await boss.send("/change/freed", 422, freed_after="60", freed_until="30", offer="1")
    assert "Time to take an offer of the waiting list: Please give a whole number from 5 to 1440." in text
    text = await boss.send("/change/freed", 422, offer="10")
    assert "This time must not be shorter than the one before it." in text
    assert boss.form("/change/freed")[1]["freed_after"] == "60"
    assert office.version == 1


async def test_an_oversight_is_named_before_saving(office: Office, boss: Person) -> None:
    text = await boss.change("check-in", **{"check_in_by-phone": "on"})
    assert "People check in with: people are not asked for what they should check in with." in text


async def test_a_long_text_with_paragraphs_survives_preview_and_correction(
    office: Office, boss: Person
) -> None:
    text = "Pierwszy akapit.\n\nDrugi <akapit> & „cytat”."
    await boss.change("words", "?id=rules", words_pl=text)
    await boss.send("/save", button="edit")
    assert boss.form("/change/words")[1]["words-pl"] == text
    await boss.send("/change/words", words_pl=text.replace("\n", "\r\n"))
    await boss.save()
    assert bookings(office).rules["pl"] == text


async def test_only_administrators_change_settings(office: Office) -> None:
    sue, ann = office.people["sue"], office.people["ann"]
    await sue.open("/settings")
    assert "/change/" not in sue.answer.text
    await ann.open("/settings", 403)
    boss = office.people["boss"]
    for form in FORMS:
        await sue.open(f"/change/{form}", 403)
        await boss.open(f"/change/{form}")
        action, fields = boss.form("/change/")
        for client, sent in ((sue.client, fields), (boss.client, fields | {"csrf": "x"})):
            for path in (action, f"{action}/save"):
                assert (await client.post(path, data=sent)).status_code == 403
    assert office.version == 1


async def test_what_there_is_not_has_no_form(office: Office, boss: Person) -> None:
    for path in ("words", "words?id=slot", "words?id=open", "service", "service?id=nothing"):
        await boss.open(f"/change/{path}", 404)


async def test_a_hall_without_bookings_shows_what_can_be_set(office: Office, boss: Person) -> None:
    await office.house.apply(town().partition("[bookings]")[0])
    await boss.open("/settings")
    assert "Online booking is switched off." in boss.text
    await boss.change("words", "?id=privacy", words_pl="Urząd")
    await boss.save()
    assert bookings(office) == Bookings(open=False, privacy={"pl": "Urząd"})
