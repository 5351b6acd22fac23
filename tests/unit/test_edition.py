"""Editions of a desk: what is new, what was seen, what was corrected; the same edition made again is the same."""

import dataclasses
import json
from pathlib import Path

import pytest

from briefs.brief import Brief
from briefs.config import BriefSettings, ExtractSettings, Settings, ThemeSettings, TranslateSettings
from briefs.edition import Order, make_edition, summary
from briefs.errors import ExitCode
from briefs.monitor import metrics
from briefs.workspace import Workspace
from briefs.workspace.outbox import Address, Message, Outbox, queue

THEMES = (
    ThemeSettings(id="trade", title="Trade", keywords={"en": ("export controls", "tariffs")}),
    ThemeSettings(id="sea", title="Sea", keywords={"en": ("patrol vessels", "coast guard")}),
)
CONTROLS = """Export controls divide the allies

November 20, 2026

The new export controls on semiconductors have divided the allies, officials said after two days of talks in Brussels.
Germany and France asked for a longer transition period because their chip makers depend on machines from abroad.
Negotiators will meet again on December 4 to decide how many of the 12 product groups the export controls will cover.
"""
VESSELS = """Two patrol vessels for the coast guard

November 21, 2026

The government will hand over two patrol vessels to the coast guard of its neighbour next spring, the ministry said.
The patrol vessels cost 4.2 billion yen and replace ships that have been in service since 1994, it added on Friday.
"""


def address(name):
    return f'<html><head><title>{name}</title><link rel="canonical" href="https://example.org/{name}"></head><body>'


def page(name, text):
    title, date, *paragraphs = [line for line in text.splitlines() if line]
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"{address(name)}<article><h1>{title}</h1><p>{date}</p>{body}</article></body></html>"


class Desk:
    """A folder of articles, and editions made of it."""

    def __init__(self, folder: Path):
        self.inbox = folder / "in"
        self.inbox.mkdir()
        self.settings = Settings(
            out=str(folder / "out"), theme=THEMES, translate=TranslateSettings(backend="identity"),
            extract=ExtractSettings(points=3, highlights=2),
        )  # fmt: skip
        self.brief = BriefSettings(name="asia", sources=(str(self.inbox),), formats=("json",))

    def put(self, name, text):
        (self.inbox / name).write_text(text, encoding="utf-8")

    def make(self, edition, prepare=None, *, is_rehearsal=False, **changed):
        brief = dataclasses.replace(self.brief, **changed)
        order = Order(settings=self.settings, brief=brief, edition=edition, is_rehearsal=is_rehearsal)
        with Workspace(self.settings) as workspace:
            return make_edition(order, workspace, lambda *_: None, prepare)

    def points(self, made):
        """Text of each point, and whether it is new."""
        brief = made.report.brief
        return {
            brief.article(point.article).sentences[point.sentences[-1]].text: point.new
            for theme in brief.themes
            for point in theme.points
        }


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def titles(made):
    return sorted(article.title for article in made.report.brief.articles)


def test_an_article_seen_before_is_not_news_again(desk):
    desk.put("controls.txt", CONTROLS)
    first = desk.make("2026-11-20T07:00")
    assert (first.outcome, titles(first)) == ("done", ["Export controls divide the allies"])
    assert first.report.brief.since is None
    desk.put("vessels.txt", VESSELS)
    second = desk.make("2026-11-21T07:00")
    assert titles(second) == ["Two patrol vessels for the coast guard"]
    brief = second.report.brief
    assert (brief.since.isoformat(), brief.provenance.counts["seen_before"]) == ("2026-11-20", 1)
    assert {theme.id: theme.change for theme in brief.themes} == {"trade": -1, "sea": 1}
    third = desk.make("2026-11-22T07:00")
    assert (third.outcome, third.exit_code, titles(third)) == ("empty", ExitCode.OK, [])


def test_the_same_text_in_another_file_is_not_news_either(desk):
    desk.put("controls.txt", CONTROLS)
    desk.make("2026-11-20T07:00")
    desk.put("copy.txt", CONTROLS + "\n")
    assert desk.make("2026-11-21T07:00").outcome == "empty"


def test_an_edition_made_again_is_the_same(desk):
    desk.put("controls.txt", CONTROLS)
    desk.make("2026-11-20T07:00")
    desk.put("vessels.txt", VESSELS)
    contents = [Path(desk.make("2026-11-21T07:00").report.files[0]).read_bytes() for _ in range(2)]
    assert contents[0] == contents[1]
    assert Brief.from_json(contents[0].decode()).articles


def test_a_rehearsal_by_hand_leaves_the_news_to_the_scheduled_brief(desk):
    desk.put("controls.txt", CONTROLS)
    assert desk.make("2026-11-20").outcome == "done"
    assert desk.make("2026-11-20T07:00").outcome == "done"
    assert desk.make("2026-11-20T19:00").outcome == "empty"
    assert desk.make("2026-11-21").outcome == "empty"


def test_a_corrected_article_is_an_update_of_which_only_the_new_is_reported(desk):
    desk.put("controls.html", page("controls", CONTROLS))
    first = desk.make("2026-11-20T07:00")
    assert not first.report.brief.articles[0].updated
    reported = desk.points(first)
    assert len(reported) == 3
    desk.put("controls.html", page("controls", CONTROLS.replace("December 4", "January 9")))
    second = desk.make("2026-11-21T07:00")
    (article,) = second.report.brief.articles
    assert article.updated
    (text,) = desk.points(second)
    assert "January 9" in text
    assert article.origins[0].url == "https://example.org/controls"
    again = desk.make("2026-11-22T07:00")
    assert again.outcome == "empty"


def test_a_brief_of_seven_days_says_which_points_are_new(desk):
    desk.put("controls.txt", CONTROLS)
    desk.make("2026-11-20T07:00", period="7 days")
    desk.put("vessels.txt", VESSELS)
    made = desk.make("2026-11-21T07:00", period="7 days")
    assert len(titles(made)) == 2
    new = {theme.id: {point.new for point in theme.points} for theme in made.report.brief.themes}
    assert new == {"trade": {False}, "sea": {True}}
    assert made.report.brief.highlights[0].theme == "sea"
    later = desk.make("2026-11-27T07:00", period="7 days")
    assert titles(later) == ["Two patrol vessels for the coast guard"]


def test_an_empty_day_is_written_or_not_as_configured(desk):
    desk.put("controls.txt", CONTROLS)
    desk.make("2026-11-20T07:00")
    prepared = []

    def prepare(brief, files):
        prepared.append((brief.date.isoformat(), len(files)))
        return lambda connection, run: 1

    to = ("ana@example.org",)
    assert desk.make("2026-11-21T07:00", prepare, to=to, empty_day="skip").report.files == ()
    assert not list(desk.settings.out_folder.glob("2026-11-21*"))
    made = desk.make("2026-11-22T07:00", prepare, to=to, empty_day="write")
    assert (len(made.report.files), made.queued) == (1, 0)
    made = desk.make("2026-11-23T07:00", prepare, to=to)
    assert (made.outcome, made.queued, prepared) == ("empty", 1, [("2026-11-23", 1)])


def test_nothing_there_is_an_empty_day_by_schedule_and_nothing_readable_is_a_failure(desk):
    made = desk.make("2026-11-19T07:00")
    assert (made.outcome, made.exit_code) == ("empty", ExitCode.OK)
    for edition in ("2026-11-20T07:00", "2026-11-20"):
        made = desk.make(edition, sources=(str(desk.inbox / "missing"),))
        assert (made.outcome, made.exit_code, made.report) == ("failed", ExitCode.NOTHING_TO_READ, None)
        assert "missing" in made.message
    desk.put("controls.txt", CONTROLS)
    made = desk.make("2026-11-20T07:00", sources=(str(desk.inbox), str(desk.inbox / "missing")))
    assert (made.outcome, made.exit_code) == ("partial", ExitCode.PARTIAL)


def published(brief, files):
    """Queue a mail, as `briefs run` does."""
    message = Message(b"body", (Address("ana@example.org", ""),))
    return lambda connection, run: queue(connection, run, ("asia", "2026-11-20T07:00"), [message], 0)


def test_what_came_after_an_edition_was_mailed_is_left_to_the_next(desk):
    desk.put("controls.txt", CONTROLS)
    first = desk.make("2026-11-20T07:00", published)
    first_bytes = first.report.files[0].read_bytes()
    desk.put("vessels.txt", VESSELS)
    again = desk.make("2026-11-20T07:00", published)
    assert (titles(again), again.queued, again.later) == (titles(first), 0, 1)
    assert [path.read_bytes() for path in again.report.files] == [first_bytes]
    assert titles(desk.make("2026-11-21T07:00")) == ["Two patrol vessels for the coast guard"]


def test_what_came_after_an_edition_that_nobody_has_is_taken_in(desk):
    desk.put("controls.txt", CONTROLS)
    desk.make("2026-11-20")
    desk.put("vessels.txt", VESSELS)
    assert len(titles(desk.make("2026-11-20"))) == 2


def test_a_rehearsal_and_an_edition_of_the_past_take_no_news(desk):
    desk.put("controls.txt", CONTROLS)
    assert desk.make("2026-11-20", is_rehearsal=True).outcome == "done"
    desk.put("vessels.txt", VESSELS)
    assert len(titles(desk.make("2026-11-21T07:00"))) == 2
    desk.put("other.txt", VESSELS.replace("patrol vessels", "coast guard cutters").replace("Two", "Nine"))
    assert desk.make("2026-11-01").outcome == "done"
    assert len(titles(desk.make("2026-11-22T07:00"))) == 1


def test_a_failed_run_is_recorded_and_takes_no_news(desk):
    desk.put("controls.txt", CONTROLS)
    made = desk.make("2026-11-20T07:00", template="nonsense")
    assert (made.outcome, made.exit_code) == ("failed", ExitCode.CONFIG)
    with Workspace(desk.settings) as workspace:
        (run,) = workspace.history.runs()
        assert (run.outcome, run.exit_code) == ("failed", 3)
        assert "nonsense" in run.message
    assert desk.make("2026-11-20T07:00").outcome == "done"


def test_a_run_in_one_line_and_in_figures(desk):
    desk.put("controls.txt", CONTROLS)
    line = summary(desk.make("2026-11-20T07:00"))
    assert line.startswith("brief asia, edition 2026-11-20T07:00, run 1, done, 1 articles,")
    assert line.endswith("exit 0")
    with Workspace(desk.settings) as workspace, Outbox(workspace.folder) as outbox:
        text = metrics(workspace.history, outbox, ["asia", "europe"])
    assert 'briefs_articles{brief="asia"} 1\n' in text
    assert 'briefs_run_exit_code{brief="asia"} 0\n' in text
    assert 'briefs_deliveries{state="held"} 0\n' in text
    assert "europe" not in text
    assert text.count("# TYPE") == 7


def test_what_editions_had_is_kept_by_key_not_by_text(desk):
    desk.put("controls.txt", CONTROLS)
    desk.make("2026-11-20T07:00")
    with Workspace(desk.settings) as workspace:
        rows = workspace.desk.execute("SELECT kind, length(key) FROM seen ORDER BY kind").fetchall()
        counts = json.loads(workspace.desk.execute("SELECT counts FROM run").fetchone()[0])
    assert {size for _, size in rows} == {16}
    assert {kind for kind, _ in rows} == {"a", "d", "p", "s"}
    assert counts == {"sea": 0, "trade": 1}


def test_a_bug_in_one_brief_is_recorded_and_does_not_stop_the_others(desk, monkeypatch, caplog):
    desk.put("controls.txt", CONTROLS)
    monkeypatch.setattr("briefs.edition.found_in", lambda brief: 1 / 0)
    made = desk.make("2026-11-20T07:00")
    assert (made.outcome, made.exit_code) == ("failed", ExitCode.BUG)
    assert "ZeroDivisionError" in made.message
    assert "bug in brief asia" in caplog.text
    monkeypatch.undo()
    assert desk.make("2026-11-20T07:00").outcome == "done"


def test_an_edition_that_nobody_has_is_made_again_with_fewer_articles(desk):
    desk.put("controls.txt", CONTROLS)
    desk.put("vessels.txt", VESSELS)
    desk.make("2026-11-20")
    (desk.inbox / "vessels.txt").unlink()
    assert len(titles(desk.make("2026-11-20"))) == 1
    desk.put("vessels.txt", VESSELS)
    assert titles(desk.make("2026-11-21")) == ["Two patrol vessels for the coast guard"]


def test_a_copy_a_day_later_under_another_headline_is_no_news(desk):
    desk.put("vessels.txt", VESSELS)
    desk.make("2026-11-21T07:00")
    desk.put("copy.txt", VESSELS.replace("Two patrol vessels for the coast guard", "Coast guard gets patrol vessels"))
    made = desk.make("2026-11-22T07:00")
    assert len(made.report.brief.articles) == 1
    assert "1994" not in str(desk.points(made))
