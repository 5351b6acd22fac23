"""The stages as data: their order, stopping and resuming after each, and one bad input among good ones."""

import dataclasses
from datetime import date

import pytest

from briefs.brief import Brief, Problem, Severity, Translated
from briefs.config import BriefSettings, ExtractSettings, Settings, TranslateSettings
from briefs.errors import ConfigError, ExitCode, InputError, MissingPackError, UsageError
from briefs.pipeline import STAGES, make_brief, make_context, run_stages, start_brief
from briefs.workspace import Workspace

DAY = date(2026, 11, 20)
NAMES = ["ingest", "clean", "detect", "segment", "translate", "extract"]
WAR = """ウクライナ停戦、三か月延長で合意

2026年11月19日 10:30

ウクライナとロシアの代表団は19日、ジュネーブで開いた協議で、停戦を三か月延長することで合意した。
両国は捕虜300人を交換することでも一致し、来週にも国境の町で引き渡しを始める方針だ。
仲介した国の外相は記者会見で「困難な交渉だったが、双方が歩み寄った」と評価した。
一方で、境界線の監視をどの国が担うのかについては意見の隔たりが残り、協議は来月に持ち越された。
"""
CHIPS = """半導体の輸出管理、対象を12品目に拡大

2026年11月18日 9:00

政府は18日、先端半導体の製造装置など12品目を新たに輸出管理の対象に加えると発表した。
所管する省によると、対象の装置の輸出額は昨年およそ1200億円に上り、国内の四十社が影響を受ける。
業界団体は、審査に三か月かかれば受注を失うおそれがあるとして、手続きの簡素化を求めている。
政府は来年四月の施行に向け、企業向けの説明会を全国の八か所で開く予定だ。
"""
TALK = """Export controls divide the allies

November 17, 2026

The new export controls on semiconductors have divided the allies, officials said after two days of talks in Brussels.
Germany and France asked for a longer transition period because their chip makers depend on machines from abroad.
"""


class Marking:
    """Marks what it translates; has no pack for the languages named."""

    checks = True

    def __init__(self, without=()):
        self.without = without

    def translate(self, texts, source, target):
        if source in self.without:
            raise MissingPackError(f"no pack translates {source} to {target}", hint="install one")
        return [Translated(text=f"[{text}]") for text in texts]


class Failing:
    """A source of one good document and one problem."""

    def __init__(self, source):
        self.source = source

    def documents(self):
        yield Problem(source="bad.pdf", stage="ingest", message="cannot be read")
        yield from self.source.documents()


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "in"
    path.mkdir()
    for name, text in (("a-war", WAR), ("b-chips", CHIPS), ("c-talk", TALK)):
        (path / f"{name}.txt").write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def configured(tmp_path):
    return Settings(
        out=str(tmp_path / "out"),
        translate=TranslateSettings(backend="identity"),
        extract=ExtractSettings(points=3, highlights=2),
        brief=(BriefSettings(name="daily", formats=("json", "md")),),
    )


@pytest.fixture
def context(configured, folder):
    return dataclasses.replace(make_context(configured, configured.brief[0], [str(folder)]), translator=Marking())


@pytest.fixture
def empty(configured):
    return start_brief(configured, configured.brief[0], DAY)


def test_the_stages_and_their_order():
    assert [stage.name for stage in STAGES] == NAMES
    for number, stage in enumerate(STAGES):
        assert set(stage.needs) <= set(NAMES[:number])


def test_all_stages_make_a_whole_brief(empty, context):
    done = run_stages(empty, context)
    assert list(done.done) == NAMES
    assert done.problems == ()
    assert [(a.language, a.published) for a in done.articles] == [
        ("ja", date(2026, 11, 19)),
        ("ja", date(2026, 11, 18)),
        ("en", date(2026, 11, 17)),
    ]
    assert all(s.english == f"[{s.text}]" for a in done.articles[:2] for s in a.sentences)
    assert all(s.english == s.text for s in done.articles[2].sentences)
    by_theme = {theme.id: theme.points for theme in done.themes}
    assert by_theme["ukraine"][0].article == done.articles[0].id
    assert {point.article for point in by_theme["technology-security"]} <= {a.id for a in done.articles[1:]}
    assert done.highlights
    assert done.provenance.counts["articles"] == 3


def test_every_stage_leaves_the_brief_it_was_given(empty, context):
    brief = empty
    for name in NAMES:
        before = brief.to_json()
        after = run_stages(brief, context, until=name)
        assert brief.to_json() == before
        brief = after


@pytest.mark.parametrize("stop", NAMES)
def test_a_brief_stopped_written_and_resumed_is_the_same(empty, context, stop):
    whole = run_stages(empty, context)
    stopped = run_stages(empty, context, until=stop)
    assert list(stopped.done) == NAMES[: NAMES.index(stop) + 1]
    resumed = run_stages(Brief.from_json(stopped.to_json()), context)
    assert resumed == whole
    assert resumed.to_json() == whole.to_json()


def test_the_sources_are_not_read_again_on_resuming(empty, context, folder):
    stopped = run_stages(empty, context, until="ingest")
    for path in folder.iterdir():
        path.unlink()
    assert len(run_stages(stopped, context).articles) == 3


def test_a_finished_brief_is_left_as_it_is(empty, context):
    done = run_stages(empty, context)
    assert run_stages(done, context) is done


@pytest.mark.parametrize("left_out", range(len(NAMES) - 1))
def test_a_brief_with_a_gap_in_its_stages_is_refused(empty, context, left_out):
    gap = tuple(name for name in NAMES[: left_out + 2] if name != NAMES[left_out])
    with pytest.raises(UsageError, match=f"{NAMES[left_out + 1]} without {NAMES[left_out]}"):
        run_stages(dataclasses.replace(empty, done=gap), context)


def test_a_stage_of_another_program_is_refused(empty, context):
    with pytest.raises(UsageError, match="digest"):
        run_stages(dataclasses.replace(empty, done=("digest",)), context)


def test_sources_are_named_from_the_configs_folder(empty, context, folder):
    based = dataclasses.replace(context, base=folder.parent)
    assert [a.source for a in run_stages(empty, based).articles] == ["in/a-war.txt", "in/b-chips.txt", "in/c-talk.txt"]


def test_one_bad_input_does_not_stop_the_rest(empty, context, folder):
    (folder / "d-bad.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    (folder / "e-empty.txt").write_bytes(b"")
    (folder / "f-menu.txt").write_text("ホーム\nログイン\n会員登録\n", encoding="utf-8")
    done = run_stages(empty, dataclasses.replace(context, source=Failing(context.source)))
    assert [a.source.rpartition("/")[2] for a in done.articles] == ["a-war.txt", "b-chips.txt", "c-talk.txt"]
    assert {(p.source.rpartition("/")[2], p.stage) for p in done.problems} == {
        ("bad.pdf", "ingest"), ("d-bad.pdf", "ingest"), ("e-empty.txt", "ingest"), ("f-menu.txt", "clean"),
    }  # fmt: skip
    assert {p.severity for p in done.problems} == {Severity.ERROR}


def test_a_language_without_a_pack_is_shown_and_noted(empty, context):
    done = run_stages(empty, dataclasses.replace(context, translator=Marking(without=("ja",))))
    assert [(p.stage, p.severity) for p in done.problems] == [("translate", Severity.WARNING)] * 2
    assert done.articles[0].sentences[0].translation is None
    assert done.highlights


def test_nothing_to_read_is_an_error(empty, context, folder):
    for path in folder.iterdir():
        path.unlink()
    with pytest.raises(InputError, match="nothing to read"):
        run_stages(empty, context)


def test_progress_and_seconds_name_every_stage(empty, context):
    told, seconds = [], {}
    run_stages(empty, dataclasses.replace(context, progress=lambda *said: told.append(said)), seconds=seconds)
    assert [name for name, done, total in told if (done, total) == (0, 0)] == NAMES == list(seconds)
    last = [(done, total) for name, done, total in told if name == "translate"][-1]
    assert last[0] == last[1] > 0


def test_a_run_writes_its_files_and_says_how_it_ended(empty, context, configured, folder):
    with Workspace(configured) as workspace:
        report = make_brief(empty, context, workspace)
    assert report.exit_code is ExitCode.OK
    assert [path.name for path in report.files] == ["2026-11-20-daily.json", "2026-11-20-daily.md"]
    assert Brief.from_json(report.files[0].read_text(encoding="utf-8")) == report.brief
    (folder / "z.txt").write_bytes(b"")
    with Workspace(configured) as workspace:
        assert make_brief(empty, context, workspace).exit_code is ExitCode.PARTIAL


def test_warnings_alone_end_well(empty, context, configured):
    with Workspace(configured) as workspace:
        report = make_brief(empty, dataclasses.replace(context, translator=Marking(without=("ja",))), workspace)
    assert report.brief.problems
    assert report.exit_code is ExitCode.OK


def test_the_same_input_gives_the_same_bytes(empty, context):
    assert run_stages(empty, context).to_json() == run_stages(empty, context).to_json()


def test_an_unknown_backend_is_refused_before_any_work(configured):
    wrong = dataclasses.replace(configured, extract=ExtractSettings(backend="saliense"))
    with pytest.raises(ConfigError) as caught:
        make_context(wrong, wrong.brief[0], [])
    assert caught.value.hint == "did you mean 'salience'?"


def test_a_new_brief_holds_its_themes_and_what_will_make_it(configured):
    brief = start_brief(configured, configured.brief[0], DAY)
    assert (brief.name, brief.date, brief.done) == ("daily", DAY, ())
    assert "ukraine" in [theme.id for theme in brief.themes]
    assert brief.provenance.config_sha256 == configured.digest(configured.brief[0])
    assert {"briefs", "python", "ctranslate2"} <= set(brief.provenance.versions)
