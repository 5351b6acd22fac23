"""The desk's history: runs, what editions had, and what is read as of the editions before one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefs.errors import ConfigError
from briefs.workspace import Ending, Found, History
from briefs.workspace.store import open_store

DONE = Ending("done", 0)


class Clock:
    def __init__(self):
        self.now = 1_000_000

    def __call__(self):
        self.now += 1
        return self.now


@pytest.fixture
def history(tmp_path):
    history = History(open_store(tmp_path / "store.sqlite3"), Clock())
    yield history
    history.connection.close()


def made(history, edition, found=None, brief="asia", ending=DONE):
    run = history.begin(brief, edition, "c0")
    history.finish(run, ending, found)
    return run


def key(text):
    return text.encode().ljust(16, b".")


def test_a_run_is_written_down_whole(history):
    ending = Ending("partial", 10, "one feed failed", {"trade": 3}, ["out/a.pdf"], 7, 5)
    number = made(history, "2026-11-23T07:00", ending=ending)
    run = history.run(number)
    assert (run.brief, run.edition, run.outcome, run.exit_code, run.message) == (
        "asia", "2026-11-23T07:00", "partial", 10, "one feed failed",
    )  # fmt: skip
    assert (run.counts, run.files, run.articles, run.points, run.config) == ({"trade": 3}, ["out/a.pdf"], 7, 5, "c0")
    assert run.ended > run.started
    assert history.runs() == [run] == history.runs("asia")
    assert history.runs("europe") == []
    assert history.run(number + 1) is None


def test_a_run_that_never_ended_was_killed(history):
    history.begin("asia", "2026-11-23", "c0")
    made(history, "2026-11-23")
    assert [(run.outcome, run.ended is None) for run in history.runs()] == [("done", False), ("killed", True)]


def test_what_a_failing_queue_was_to_be_told_is_not_written_down_either(history):
    run = history.begin("asia", "2026-11-23", "c0")

    def fails(connection):
        connection.execute("INSERT INTO message (run, body) VALUES (?, ?)", (run, b"body"))
        raise ConfigError("no")

    with pytest.raises(ConfigError):
        history.finish(run, DONE, Found(articles=[key("a")]), fails)
    assert history.run(run).outcome == "running"
    assert history.seen_before("asia", "2026-11-24", "a", [key("a")]) == {}
    assert history.connection.execute("SELECT COUNT(*) FROM message").fetchone() == (0,)


@pytest.mark.parametrize(
    ("had", "asked", "is_before"),
    [
        ("2026-11-22T07:00", "2026-11-23T07:00", True),
        ("2026-11-22", "2026-11-23T07:00", True),
        ("2026-11-22T07:00", "2026-11-23", True),
        ("2026-11-23T07:00", "2026-11-23T19:00", True),
        ("2026-11-23T07:00", "2026-11-23T07:00", False),
        ("2026-11-23", "2026-11-23T07:00", False),  # a rehearsal by hand
        ("2026-11-23T07:00", "2026-11-23", False),
        ("2026-11-23", "2026-11-23", False),
        ("2026-11-24", "2026-11-23T07:00", False),
    ],
)
def test_what_is_before_an_edition(history, had, asked, is_before):
    made(history, had, Found([key("d")], [key("a")], [], [key("p")], {"https://example.org": key("a")}))
    for kind in "dap":
        expected = {key(kind): had} if is_before else {}
        assert history.seen_before("asia", asked, kind, [key(kind), key("other")]) == expected
        assert history.seen_before("europe", asked, kind, [key(kind)]) == {}
    at = history.articles_at("asia", asked, ["https://example.org", "https://example.com"])
    assert at == ({"https://example.org": key("a")} if is_before else {})
    previous = history.previous("asia", asked)
    assert (previous.edition if previous else None) == (had if is_before else None)


def test_a_rehearsal_takes_nothing_from_the_editions_after_it(history):
    found = Found(articles=[key("a")])
    made(history, "2026-11-23", found)
    made(history, "2026-11-23T07:00", found)
    assert history.seen_before("asia", "2026-11-23T07:00", "a", [key("a")]) == {}
    assert history.seen_before("asia", "2026-11-23T19:00", "a", [key("a")]) == {key("a"): "2026-11-23T07:00"}
    made(history, "2026-11-22", found)
    assert history.seen_before("asia", "2026-11-23", "a", [key("a")]) == {key("a"): "2026-11-22"}


def test_an_address_is_read_as_of_the_editions_before(history):
    url = "https://example.org/a"
    made(history, "2026-11-22T07:00", Found(addresses={url: key("old")}))
    for _ in range(2):  # made, and made again
        assert history.articles_at("asia", "2026-11-23T07:00", [url]) == {url: key("old")}
        made(history, "2026-11-23", Found(addresses={url: key("draft")}))
        assert history.articles_at("asia", "2026-11-23T07:00", [url]) == {url: key("old")}
        made(history, "2026-11-23T07:00", Found(addresses={url: key("new")}))
        assert history.articles_at("asia", "2026-11-24T07:00", [url]) == {url: key("new")}


def test_slots_are_made_once_and_given_up_after_three_failures(history):
    made(history, "2026-11-21T07:00")
    made(history, "2026-11-22T07:00", ending=Ending("empty", 0))
    made(history, "2026-11-23")
    for _ in range(2):
        made(history, "2026-11-23T07:00", ending=Ending("failed", 7, "no"))
    assert history.made_slots("asia", "2026-11-22") == {"2026-11-22T07:00"}
    made(history, "2026-11-23T07:00", ending=Ending("failed", 7, "no"))
    assert history.made_slots("asia", "2026-11-22") == {"2026-11-22T07:00", "2026-11-23T07:00"}
    history.begin("asia", "2026-11-24T07:00", "c0")  # killed
    assert "2026-11-24T07:00" not in history.made_slots("asia", "2026-11-22")


def test_a_run_by_hand_makes_the_last_edition_of_its_day_again(history):
    assert history.latest_of_day("asia", "2026-11-23") == "2026-11-23"
    made(history, "2026-11-23T07:00")
    made(history, "2026-11-23T19:00", ending=Ending("failed", 7))
    assert history.latest_of_day("asia", "2026-11-23") == "2026-11-23T07:00"


def test_a_schedule_waits_from_when_it_was_first_looked_at(history):
    assert history.waiting_since("asia", "2026-11-23T06:59") == "2026-11-23T06:59"
    assert history.waiting_since("asia", "2026-11-24T06:59") == "2026-11-23T06:59"
    assert history.runs() == []
    assert history.waiting_since("asia", "2026-11-22T06:59") == "2026-11-22T06:59"  # the clock had been wrong
    assert history.waiting_since("asia", "2026-11-25T06:59") == "2026-11-22T06:59"
    assert history.waiting_since("europe", "2026-11-25T06:59", remember=False) == "2026-11-25T06:59"
    assert history.waiting_since("europe", "2026-11-26T06:59") == "2026-11-26T06:59"


def test_a_slot_that_kills_its_run_ten_times_is_given_up(history):
    for _ in range(10):
        assert history.made_slots("asia", "2026-11-22") == set()
        history.begin("asia", "2026-11-24T07:00", "c0")
    history.begin("asia", "2026-11-25T07:00", "c0")
    assert history.made_slots("asia", "2026-11-22") == {"2026-11-24T07:00"}


def test_an_edition_is_published_once_it_is_queued(history):
    run = made(history, "2026-11-23", Found(articles=[key("a")]))
    assert not history.is_published("asia", "2026-11-23")
    history.connection.execute("INSERT INTO message (id, run, body) VALUES (1, ?, ?)", (run, b"body"))
    history.connection.execute(
        """INSERT INTO delivery (message, brief, edition, recipient, header, state, changed)
        VALUES (1, 'asia', '2026-11-23', 'ana@example.org', '', 'queued', 0)"""
    )
    assert history.is_published("asia", "2026-11-23")
    assert history.own("asia", "2026-11-23", "a", [key("a"), key("b")]) == {key("a")}
    assert history.own("asia", "2026-11-24", "a", [key("a")]) == set()
    assert (history.latest("asia"), history.latest("europe")) == ("2026-11-23", "")


EDITIONS = st.builds("2026-11-{:02}{}".format, st.integers(1, 4), st.sampled_from(["", "T07:00", "T19:00"]))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(EDITIONS, st.sets(st.sampled_from("abcdef"))), max_size=8), EDITIONS)
def test_an_edition_made_again_sees_what_it_saw(tmp_path_factory, editions, last):
    history = History(open_store(tmp_path_factory.mktemp("store") / "store.sqlite3"), Clock())
    try:
        for edition, names in editions:
            made(history, edition, Found(articles=[key(name) for name in names]))
        keys = [key(name) for name in "abcdef"]
        before = history.seen_before("asia", last, "a", keys)
        made(history, last, Found(articles=keys))
        assert history.seen_before("asia", last, "a", keys) == before
        assert set(history.seen_before("asia", "2026-12-01", "a", keys)) == set(keys)
    finally:
        history.connection.close()
