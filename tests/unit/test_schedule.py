"""Schedules, their slots across changes of the clock, and what is due."""

import datetime as dt
import itertools
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefs.config import BriefSettings
from briefs.errors import ConfigError
from briefs.schedule import Schedule, due, parse_schedule, passed, slots
from briefs.schedule.slots import MOST

UTC = dt.UTC
# A zone, and the moment at which its clock is changed, or any moment where it never is.
CHANGES = [
    ("Europe/Berlin", dt.datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", dt.datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", dt.datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", dt.datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", dt.datetime(2026, 4, 4, 15, tzinfo=UTC)),  # half an hour
    ("Australia/Lord_Howe", dt.datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("Africa/Cairo", dt.datetime(2026, 4, 23, 22, tzinfo=UTC)),  # at midnight
    ("Asia/Tokyo", dt.datetime(2026, 3, 29, 1, tzinfo=UTC)),
]
MINUTES = {
    "0": {0},
    "30": {30},
    "*/7": set(range(0, 60, 7)),
    "5,50": {5, 50},
    "*": set(range(60)),
    "10-12": {10, 11, 12},
}
HOURS = {"2": {2}, "0,2": {0, 2}, "1-3": {1, 2, 3}, "*": set(range(24)), "*/2": set(range(0, 24, 2)), "23": {23}}


def schedule(text, zone="Europe/Berlin"):
    return parse_schedule(BriefSettings(name="asia", schedule=text, time_zone=zone))


def editions(found):
    return [slot.edition for slot in found]


def first(number, text, after, zone="Europe/Berlin"):
    moment = dt.datetime.fromisoformat(after).replace(tzinfo=zoneinfo.ZoneInfo(zone))
    return editions(itertools.islice(slots(schedule(text, zone), moment), number))


def test_without_a_schedule_a_brief_runs_by_hand():
    assert parse_schedule(BriefSettings()) is None


@pytest.mark.parametrize(
    ("text", "crons"),
    [
        ("daily 07:00", ("0 7 * * *",)),
        ("Daily  7:05", ("5 7 * * *",)),
        ("daily 19:00, 07:00", ("0 7,19 * * *",)),
        ("weekdays 07:00,19:30", ("0 7 * * 1-5", "30 19 * * 1-5")),
        ("weekends 08:00", ("0 8 * * 0,6",)),
        ("mon,thu 06:30", ("30 6 * * 1,4",)),
        ("Mon, Thursday 06:30", ("30 6 * * 1,4",)),
        ("fri-mon 06:30", ("30 6 * * 0,1,5,6",)),
        ("0 7 * * 1-5", ("0 7 * * 1-5",)),
        ("*/15 8-18/2 1,15 jan-mar MON", ("*/15 8-18/2 1,15 jan-mar MON",)),
        ("@daily", ("0 0 * * *",)),
    ],
)
def test_words_become_cron_expressions(text, crons):
    assert schedule(text).crons == crons


@pytest.mark.parametrize(
    "text",
    [
        "07:00", "daily", "daily 24:00", "daily 07:60", "daily 7", "sometimes 07:00", "mon,fo 07:00", "mon- 07:00",
        "* * * *", "* * * * * *", "61 * * * *", "0 7 * * 8", "0 7 * * x", "5-3 * * * *", "@reboot", "*/0 * * * *",
        "0 0 30 2 *", "0 0 31 2 *", "0 0 31 4 *", "² 7 * * *",
    ],
)  # fmt: skip
def test_what_is_no_schedule_names_the_brief_and_gives_examples(text):
    with pytest.raises(ConfigError, match="brief asia: schedule") as caught:
        schedule(text)
    assert "daily 07:00" in caught.value.hint


@pytest.mark.parametrize("zone", ["Asia/Tokio", "Europe", "../etc/passwd", "/etc/localtime", "A\0"])
def test_an_unknown_time_zone_is_named(zone):
    with pytest.raises(ConfigError, match="brief asia: time zone") as caught:
        schedule("daily 07:00", zone)
    assert "Asia/Tokyo" in caught.value.hint


def test_an_empty_time_zone_is_the_machines(monkeypatch):
    monkeypatch.setattr("tzlocal.get_localzone", lambda: zoneinfo.ZoneInfo("Asia/Tokyo"))
    found = schedule("daily 07:00", "")
    slot = next(slots(found, dt.datetime(2026, 11, 22, tzinfo=UTC)))
    assert slot.instant == dt.datetime(2026, 11, 22, 22, tzinfo=UTC)


def test_a_machine_without_a_known_zone_is_told_to_name_one(monkeypatch):
    def unknown():
        raise zoneinfo.ZoneInfoNotFoundError("two of them")

    monkeypatch.setattr("tzlocal.get_localzone", unknown)
    with pytest.raises(ConfigError, match="machine"):
        schedule("daily 07:00", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # Day of the month or day of the week; only where one begins with a star, both.
        ("0 7 13 * 5", ["2026-11-27", "2026-12-04", "2026-12-11", "2026-12-13", "2026-12-18"]),
        ("0 7 */2 * 5", ["2026-11-27", "2026-12-11", "2026-12-25", "2027-01-01", "2027-01-15"]),
        ("0 7 29 2 *", ["2028-02-29", "2032-02-29", "2036-02-29", "2040-02-29", "2044-02-29"]),
        ("0 7 * * 0,7", ["2026-11-29", "2026-12-06", "2026-12-13", "2026-12-20", "2026-12-27"]),
        ("@monthly", ["2026-12-01", "2027-01-01", "2027-02-01", "2027-03-01", "2027-04-01"]),
    ],
)
def test_days_are_those_of_cron(text, expected):
    assert [edition[:10] for edition in first(5, text, "2026-11-23T12:00")] == expected


def test_a_slot_that_the_clock_leaves_out_comes_at_the_first_moment_after():
    after = dt.datetime(2026, 3, 28, 12, tzinfo=UTC)
    slot = next(slots(schedule("daily 02:30"), after))
    assert slot.edition == "2026-03-29T02:30"
    assert slot.instant == dt.datetime(2026, 3, 29, 1, tzinfo=UTC)  # 03:00 of the new time


def test_a_slot_that_the_clock_shows_twice_comes_once_the_first_time():
    after = dt.datetime(2026, 10, 24, 12, tzinfo=UTC)
    found = list(slots(schedule("daily 02:30"), after, after + dt.timedelta(days=1)))
    assert [slot.instant for slot in found] == [dt.datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


def test_a_day_that_a_zone_leaves_out_still_has_its_slot():
    # Samoa went from 29 to 31 December 2011.
    after = dt.datetime(2011, 12, 29, 20, tzinfo=UTC)
    found = list(slots(schedule("daily 07:00", "Pacific/Apia"), after, after + dt.timedelta(days=1)))
    assert editions(found) == ["2011-12-30T07:00", "2011-12-31T07:00"]
    assert found[0].instant == dt.datetime(2011, 12, 30, 10, tzinfo=UTC)


def made_from(made):
    """What `due` asks: the editions from one on that were made."""
    return lambda first: [each for each in made if each >= first]


def by_minute(zone, minutes, hours, after, until):
    """The slots found by looking at a clock once a minute."""
    shown, found = set(), []
    moment = after - dt.timedelta(hours=4)
    before = None
    while moment <= until:
        local = moment.astimezone(zone).replace(tzinfo=None)
        faces = [local]
        if before is not None:
            while faces[0] - before > dt.timedelta(minutes=1):
                faces.insert(0, faces[0] - dt.timedelta(minutes=1))
        for face in faces:
            if face.minute in minutes and face.hour in hours and face not in shown and moment > after:
                found.append((face, moment))
            shown.add(face)
        before = local
        moment += dt.timedelta(minutes=1)
    return found


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(CHANGES),
    st.sampled_from(sorted(MINUTES)),
    st.sampled_from(sorted(HOURS)),
    st.integers(0, 240),
    st.integers(0, 400),
)
def test_slots_are_what_a_look_at_the_clock_each_minute_finds(change, minute, hour, before, length):
    name, moment = change
    after = moment - dt.timedelta(minutes=before)
    until = after + dt.timedelta(minutes=length)
    timing = schedule(f"{minute} {hour} * * *", name)
    found = list(slots(timing, after, until))
    expected = by_minute(timing.zone, MINUTES[minute], HOURS[hour], after, until)
    assert sorted((slot.local, slot.instant) for slot in found) == sorted(expected)
    assert editions(found) == sorted(set(editions(found)))
    assert [slot.instant for slot in found] == sorted(slot.instant for slot in found)
    # Looking back from the end gives the same slots.
    back = itertools.takewhile(lambda slot: slot.instant > after, passed(timing, until))
    assert sorted(back) == sorted(found)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(CHANGES),
    st.sampled_from(["daily 02:30", "daily 02:00,03:00", "0 */2 * * *", "weekdays 00:30"]),
    st.lists(st.integers(1, 700), min_size=1, max_size=40),
)
def test_however_often_it_is_asked_each_slot_is_made_once(change, text, steps):
    name, moment = change
    timing = schedule(text, name)
    now = start = moment - dt.timedelta(hours=30)
    since = now.astimezone(timing.zone).strftime("%Y-%m-%dT%H:%M")
    made = []
    for step in steps:
        now += dt.timedelta(minutes=step)
        made += editions(due(timing, now, since, made_from(made), "each").slots)
    # Fewer than 31 slots can come between two questions here, so none is lost.
    assert [each for each in made if each > since] == editions(slots(timing, start, now))
    assert len(made) == len(set(made))


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))


def ask(now, made=(), catch_up="latest", since="2026-11-01T00:00", text="daily 07:00"):
    """What is due, as days."""
    what = due(schedule(text), at(now), since, made_from(made), catch_up)
    return [slot.edition[5:] for slot in what.slots], what.given_up


MADE = ["2026-11-20T07:00", "2026-11-21T07:00"]


@pytest.mark.parametrize(
    ("catch_up", "now", "expected", "given_up"),
    [
        ("latest", "2026-11-23T06:59", ["11-22T07:00"], False),
        ("latest", "2026-11-23T07:00", ["11-23T07:00"], True),
        ("latest", "2026-11-23T07:00:01", ["11-23T07:00"], True),
        ("each", "2026-11-23T07:00:01", ["11-22T07:00", "11-23T07:00"], False),
        ("none", "2026-11-23T06:59", [], False),
        ("none", "2026-11-23T07:00:01", ["11-23T07:00"], True),
        ("none", "2026-11-23T08:00", ["11-23T07:00"], True),
        ("none", "2026-11-23T08:01", [], False),
    ],
)
def test_what_was_missed_is_made_up_for_as_configured(catch_up, now, expected, given_up):
    earlier = [f"2026-11-{day:02}T07:00" for day in range(1, 20)]
    assert ask(now, [*earlier, *MADE], catch_up) == (expected, given_up)


@pytest.mark.parametrize("catch_up", ["latest", "each", "none"])
def test_a_slot_that_was_made_is_not_made_again_even_when_the_clock_goes_back(catch_up):
    since = "2026-11-20T06:50"
    assert ask("2026-11-21T07:00:30", MADE, catch_up, since) == ([], False)
    for now in ("2026-11-21T06:59", "2026-11-20T12:00", "2026-10-01T12:00", "1999-01-01T00:00"):
        assert ask(now, MADE, catch_up, since) == ([], False)


def test_a_slot_that_failed_among_made_ones_is_due_again():
    assert ask("2026-11-22T08:00", ["2026-11-20T07:00", "2026-11-22T07:00"], "each", "2026-11-20T00:00") == (
        ["11-21T07:00"],
        False,
    )


def test_a_new_schedule_makes_up_for_nothing_but_a_slot_that_has_just_come():
    for catch_up in ("latest", "each", "none"):
        assert ask("2026-11-23T07:14", (), catch_up, "2026-11-23T07:14") == (["11-23T07:00"], False)
        assert ask("2026-11-23T07:20", (), catch_up, "2026-11-23T07:20") == ([], False)
    # From then on, what is missed counts: the first slot came while the machine was off.
    assert ask("2026-11-24T12:00", (), "latest", "2026-11-23T07:20") == (["11-24T07:00"], False)


@pytest.mark.parametrize("text", ["* * * * *", "daily 07:00"])
def test_a_clock_that_jumps_years_ahead_makes_a_month_of_slots_at_most(text):
    found, given_up = ask("2046-11-23T12:00", MADE, "each", text=text)
    assert len(found) == MOST
    assert given_up
    assert ask("2046-11-23T12:00", MADE, "latest", text=text)[0] == [found[-1]]


def test_a_week_with_a_change_of_the_clock_and_a_day_off():
    timing = schedule("daily 02:30")
    made = []
    start = at("2026-10-23T00:00").astimezone(UTC)
    for minute in range(0, 7 * 24 * 60, 10):
        now = start + dt.timedelta(minutes=minute)
        if now.astimezone(timing.zone).day == 27:
            continue  # the machine is off
        what = due(timing, now, "2026-10-23T00:00", made_from(made), "latest")
        made += editions(what.slots)
    assert made == [f"2026-10-{day}T02:30" for day in range(23, 30)]


def test_schedules_are_values():
    assert schedule("daily 07:00") == Schedule(("0 7 * * *",), zoneinfo.ZoneInfo("Europe/Berlin"), "Europe/Berlin")
