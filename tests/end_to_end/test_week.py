"""A week of scheduled briefs with a clock of our own: a day the machine was off, clocks put back, a day without news."""

import dataclasses
import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from briefs.config import BriefSettings, Settings, ThemeSettings, TranslateSettings
from briefs.edition import due_orders, make_edition
from briefs.workspace import Workspace

BERLIN = ZoneInfo("Europe/Berlin")
STEP = dt.timedelta(minutes=30)
STORY = """The coast guard and its vessels, part {number}

{date}

On day {number} the coast guard sent {number} patrol vessels of the {name} class to the strait, the ministry said on Friday.
Ministers of the {name} group will meet {number} times before the patrol vessels return to the harbour of {name}, it added.
"""
NAMES = "Alder Birch Cedar Dogwood Elm Fir Ginkgo Hazel Iris Juniper".split()


class Week:
    """A desk, its clock, and what was made when."""

    def __init__(self, folder, **brief):
        self.inbox = folder / "in"
        self.inbox.mkdir()
        themes = (ThemeSettings(id="sea", title="Sea", keywords={"en": ("patrol vessels", "coast guard")}),)
        self.brief = BriefSettings(
            name="asia", sources=(str(self.inbox),), formats=("json",), time_zone="Europe/Berlin", **brief
        )
        self.settings = Settings(
            out=str(folder / "out"), theme=themes, translate=TranslateSettings(backend="identity"), brief=(self.brief,)
        )
        self.made = []

    def put(self, number, day):
        text = STORY.format(number=number + 2, name=NAMES[number], date=f"{day:%B} {day.day}, {day.year}")
        (self.inbox / f"{number}.txt").write_text(text, encoding="utf-8")

    def call(self, now):
        """One call of `briefs run --due`."""
        with Workspace(self.settings) as workspace:
            for order in due_orders(self.settings, workspace.history, now):
                made = make_edition(order, workspace, lambda *_: None)
                assert made.report is not None, made.message
                self.made.append((order.edition, made.outcome, sorted(a.title[-1] for a in made.report.brief.articles)))

    def pass_time(self, begin, end, off=()):
        """Call every half hour, but while the machine is off."""
        now = begin.astimezone(dt.UTC)
        while now <= end.astimezone(dt.UTC):
            if not any(first <= now < last for first, last in off):
                self.call(now)
            now += STEP


def at(day, hour, minute=0, month=10):
    return dt.datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


def test_a_week_with_a_missed_day_clocks_put_back_and_an_empty_day(tmp_path):
    week = Week(tmp_path, schedule="daily 02:30")
    off = [(at(23, 1), at(24, 1))]  # over the slot of the 23rd
    week.call(at(21, 1))
    for number, day in enumerate((21, 22, 23, 24, 25, 27)):  # nothing on the 26th
        week.put(number, dt.date(2026, 10, day))
        week.pass_time(at(day, 1, 30), at(day + 1, 1), off)
        if day == 25:
            week.pass_time(at(26, 1, 30), at(27, 1))
    assert week.made == [
        ("2026-10-21T02:30", "done", ["2"]),
        ("2026-10-22T02:30", "done", ["3"]),
        ("2026-10-23T02:30", "done", ["4"]),  # when the machine was on again
        ("2026-10-24T02:30", "done", ["5"]),
        ("2026-10-25T02:30", "done", ["6"]),  # 02:30 came twice, the brief once
        ("2026-10-26T02:30", "empty", []),
        ("2026-10-27T02:30", "done", ["7"]),
    ]
    files = sorted(path.name for path in (tmp_path / "out").glob("*.json"))
    assert files == [f"2026-10-{day}-asia.json" for day in range(21, 28)]


@pytest.mark.parametrize(
    ("catch_up", "editions"),
    [
        ("latest", ["2026-10-21T07:00", "2026-10-24T07:00"]),
        ("each", ["2026-10-21T07:00", "2026-10-22T07:00", "2026-10-23T07:00", "2026-10-24T07:00"]),
        ("none", ["2026-10-21T07:00"]),
    ],
)
def test_three_days_off_are_made_up_for_as_configured(tmp_path, catch_up, editions):
    week = Week(tmp_path, schedule="daily 07:00", catch_up=catch_up)
    week.put(0, dt.date(2026, 10, 21))
    week.pass_time(at(21, 6), at(21, 9))
    week.put(1, dt.date(2026, 10, 22))
    week.pass_time(at(24, 9), at(24, 12))
    assert [edition for edition, _, _ in week.made] == editions


def test_a_time_that_the_clock_leaves_out_comes_at_the_next_moment_once(tmp_path):
    week = Week(tmp_path, schedule="daily 02:30")
    week.put(0, dt.date(2026, 3, 28))
    week.pass_time(at(28, 2, month=3), at(30, 1, month=3))
    assert [edition for edition, _, _ in week.made] == ["2026-03-28T02:30", "2026-03-29T02:30"]


def test_a_clock_that_is_put_back_a_day_makes_nothing_twice(tmp_path):
    week = Week(tmp_path, schedule="daily 07:00")
    week.put(0, dt.date(2026, 10, 21))
    week.pass_time(at(21, 6), at(22, 8))
    made = list(week.made)
    week.pass_time(at(21, 6), at(22, 8))
    assert week.made == made
    week.call(dt.datetime(2036, 10, 21, 8, tzinfo=BERLIN))  # and far ahead: one brief, not thousands
    assert len(week.made) == len(made) + 1


def test_several_slots_of_a_day_have_a_file_each(tmp_path):
    week = Week(tmp_path, schedule="daily 07:00,19:00")
    week.put(0, dt.date(2026, 10, 21))
    week.pass_time(at(21, 6), at(21, 20))
    assert [edition for edition, _, _ in week.made] == ["2026-10-21T07:00", "2026-10-21T19:00"]
    files = sorted(path.name for path in (tmp_path / "out").glob("*.json"))
    assert files == ["2026-10-21-asia-0700.json", "2026-10-21-asia-1900.json"]


def test_two_briefs_are_made_in_the_order_of_their_slots(tmp_path):
    week = Week(tmp_path, schedule="daily 07:00")
    late = dataclasses.replace(week.brief, name="late", schedule="daily 08:00", time_zone="Asia/Tokyo")
    week.put(0, dt.date(2026, 10, 21))
    now = at(21, 6)
    with Workspace(week.settings) as workspace:
        both = dataclasses.replace(week.settings, brief=(week.brief, late))
        assert due_orders(both, workspace.history, at(20, 23)) == []
        now = at(21, 9)
        orders = due_orders(both, workspace.history, now)
    assert [(order.brief.name, order.edition) for order in orders] == [
        ("late", "2026-10-21T08:00"),
        ("asia", "2026-10-21T07:00"),
    ]
