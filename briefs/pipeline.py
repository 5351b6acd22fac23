"""The stages, once, as data; and the run that takes a brief through them.

Every stage takes a brief and returns a fuller one. A brief can be stopped after any stage, kept as JSON, looked at and
resumed: `done` says how far it is.
"""

import dataclasses
import importlib.metadata
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from briefs import __version__
from briefs.brief import Brief, PackInfo, Provenance, Severity
from briefs.clean import clean
from briefs.config import BriefSettings, Settings
from briefs.detect import detect
from briefs.errors import ExitCode, UsageError
from briefs.extract import extract
from briefs.ingest import ingest, nothing_to_read
from briefs.ingest.web import make_source
from briefs.news import Past, without_known
from briefs.registry import BUILTINS, Detector, Extractor, Source, Template, Translator, backend_names, load_backend
from briefs.render import render
from briefs.segment import segment
from briefs.translate import Memory, translate
from briefs.workspace import Workspace

logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
_RESUME = "--resume takes a file that --stop-after wrote"


def _silent(_stage: str, _done: int, _total: int) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the stages work with besides the brief itself."""

    settings: Settings
    source: Source
    detector: Detector
    translator: Translator
    extractor: Extractor
    template: Template
    formats: tuple[str, ...] = ("pdf",)
    memory: Memory | None = None
    base: Path | None = None
    past: Past | None = None
    progress: Progress = field(default=_silent)


class Stage(NamedTuple):
    """A step: what must be done before it, and how it is done."""

    name: str
    needs: tuple[str, ...]
    run: Callable[[Brief, Context], Brief]


def _ingest(brief: Brief, context: Context) -> Brief:
    past = context.past
    brief = ingest(brief, context.source, allow_nothing=past is not None)
    # By schedule, or where all was seen before, a day without a document is a day without news; but not where nothing
    # could be read.
    if past is not None and not (brief.documents or past.skipped or (past.is_scheduled and not has_failed(brief))):
        raise nothing_to_read(context.source, brief.problems)
    if context.base is None:
        return brief
    # Sources of a config are named from its folder, so that the brief is the same wherever that folder lies.
    prefix = f"{context.base.as_posix()}/"
    return dataclasses.replace(
        brief,
        documents=tuple(dataclasses.replace(d, source=d.source.removeprefix(prefix)) for d in brief.documents),
        problems=tuple(
            dataclasses.replace(p, source=p.source.removeprefix(prefix), message=p.message.replace(prefix, ""))
            for p in brief.problems
        ),
    )


def _clean(brief: Brief, context: Context) -> Brief:
    brief = clean(brief, context.settings.limits)
    return context.past.choose(brief) if context.past else brief


def _detect(brief: Brief, context: Context) -> Brief:
    return detect(brief, context.detector)


def _segment(brief: Brief, _: Context) -> Brief:
    return segment(brief)


def _translate(brief: Brief, context: Context) -> Brief:
    def told(done: int, total: int) -> None:
        context.progress("translate", done, total)

    return translate(brief, context.translator, context.memory, progress=told)


def _extract(brief: Brief, context: Context) -> Brief:
    brief = _extract_new(brief, context, context.past) if context.past else _extract_all(brief, context)
    packs: tuple[PackInfo, ...] = getattr(context.translator, "used", tuple)()
    return dataclasses.replace(
        brief, provenance=dataclasses.replace(brief.provenance, packs=packs, counts=count(brief, context.past))
    )


def _extract_all(brief: Brief, context: Context) -> Brief:
    settings = context.settings.extract
    return extract(brief, context.extractor, limit=settings.points, highlights=settings.highlights)


def _extract_new(brief: Brief, context: Context, past: Past) -> Brief:
    """Points of what is new; a brief of so many days may repeat points, says which are new, and leads with these."""
    fresh = without_known(brief.articles, past.known(brief.articles))
    found = _extract_all(dataclasses.replace(brief, articles=fresh if past.days is None else brief.articles), context)
    brief = dataclasses.replace(brief, themes=found.themes, highlights=found.highlights)
    brief = past.compare(brief, past.reported(brief.articles))
    if past.days is None or all(point.new for point in brief.highlights):
        return brief
    new = [point for theme in brief.themes for point in theme.points if point.new and point not in brief.highlights]
    new.sort(key=lambda point: -point.scores.get("score", 0.0))
    lead = sorted([*brief.highlights, *new], key=lambda point: not point.new)
    return dataclasses.replace(brief, highlights=tuple(lead[: len(brief.highlights)]))


STAGES = (
    Stage("ingest", (), _ingest),
    Stage("clean", ("ingest",), _clean),
    Stage("detect", ("clean",), _detect),
    Stage("segment", ("detect",), _segment),
    Stage("translate", ("segment",), _translate),
    Stage("extract", ("translate",), _extract),
)


class Report(NamedTuple):
    """What a run did: the brief, the files it wrote, seconds by stage, and how it ended."""

    brief: Brief
    files: tuple[Path, ...]
    seconds: dict[str, float]
    exit_code: ExitCode


def start_brief(settings: Settings, brief: BriefSettings, day: date) -> Brief:
    """The empty brief of a day, with its themes and the versions that will make it."""
    return Brief(
        name=brief.name,
        title=brief.title,
        date=day,
        target=settings.translate.target,
        themes=settings.themes_of(brief),
        provenance=Provenance(versions=versions(), config_sha256=settings.digest(brief)),
    )


def make_context(settings: Settings, brief: BriefSettings, paths: Sequence[str], **extra: Any) -> Context:
    """The backends that the settings name; ConfigError for a name that is none."""
    past: Past | None = extra.get("past")
    return Context(
        settings=settings,
        source=make_source(
            dataclasses.replace(brief, sources=tuple(paths)),
            settings,
            extra.pop("pages", None),
            exclude=(settings.out_folder, settings.workspace_folder),
            skip=past.skips if past else None,
        ),
        detector=load_backend("detector", settings.detect.backend)(),
        translator=load_backend("translator", settings.translate.backend)(settings.translate, settings.packs),
        extractor=load_backend("extractor", settings.extract.backend)(),
        template=_template(brief.template or settings.render.template, settings.render.template_dir),
        formats=brief.formats or settings.render.formats,
        **extra,
    )


def _template(name: str, folder: str = "") -> Template:
    """An installed template of that name, or else a shipped one or a folder."""
    if name in backend_names("template") and name not in BUILTINS["template"]:
        installed: Template = load_backend("template", name)()
        return installed
    found: Template = load_backend("template", "folder")(name, folder=folder)
    return found


def run_stages(brief: Brief, context: Context, *, until: str = "", seconds: dict[str, float] | None = None) -> Brief:
    """Take the brief through every stage it has not been through, up to and with `until`."""
    check_done(brief)
    for stage in STAGES:
        if stage.name not in brief.done:
            context.progress(stage.name, 0, 0)
            began = time.perf_counter()
            brief = stage.run(brief, context)
            brief = dataclasses.replace(brief, done=(*brief.done, stage.name))
            spent = time.perf_counter() - began
            if seconds is not None:
                seconds[stage.name] = spent
            logger.info(
                "stage %s: %.2f s, %d articles, %d problems",
                stage.name,
                spent,
                len(brief.articles),
                len(brief.problems),
            )
        if stage.name == until:
            break
    return brief


def check_done(brief: Brief) -> None:
    """UsageError if the brief has been through a stage but not through what that stage needs."""
    known = {stage.name: stage for stage in STAGES}
    for name in brief.done:
        if name not in known:
            raise UsageError(f"the brief has been through a stage {name}, which is none of this program", hint=_RESUME)
        missing = [need for need in known[name].needs if need not in brief.done]
        if missing:
            raise UsageError(f"the brief has been through {name} without {', '.join(missing)}", hint=_RESUME)


class Output(NamedTuple):
    """Where the files go, if not to the workspace's folder by the brief's name; is a brief without a point written?"""

    name: str = ""
    folder: Path | None = None
    keep_empty: bool = True


def make_brief(brief: Brief, context: Context, workspace: Workspace, output: Output = Output()) -> Report:  # noqa: B008
    """Run all stages, render, and write the files; problems with inputs end in ExitCode.PARTIAL."""
    seconds: dict[str, float] = {}
    brief = run_stages(brief, context, seconds=seconds)
    if not output.keep_empty and not any(theme.points for theme in brief.themes):
        return Report(brief, (), seconds, ExitCode.PARTIAL if has_failed(brief) else ExitCode.OK)
    context.progress("render", 0, 0)
    began = time.perf_counter()
    rendered = render(
        brief,
        template=context.template,
        formats=context.formats,
        seconds=context.settings.render.seconds,
        variant=context.settings.render.pdf_variant,
    )
    files = workspace.write_output(brief.date, output.name or brief.name, rendered.files, output.folder)
    seconds["render"] = time.perf_counter() - began
    exit_code = ExitCode.PARTIAL if has_failed(rendered.brief) else ExitCode.OK
    logger.info(
        "brief %s of %s: %d files in %.2f s, exit %d",
        brief.name,
        brief.date,
        len(files),
        sum(seconds.values()),
        exit_code,
    )
    return Report(rendered.brief, tuple(files), seconds, exit_code)


def has_failed(brief: Brief) -> bool:
    """Did some input fail, so that the run ends in ExitCode.PARTIAL?"""
    return any(problem.severity is Severity.ERROR for problem in brief.problems)


def count(brief: Brief, past: Past | None = None) -> dict[str, int]:
    """What the brief holds, counted for its page on method."""
    sentences = [sentence for article in brief.articles for sentence in article.sentences]
    flags = Counter(flag.code for sentence in sentences for flag in sentence.flags)
    points = [point for theme in brief.themes for point in theme.points]
    return {
        "articles": len(brief.articles),
        "origins": sum(len(article.origins) for article in brief.articles),
        "sentences": len(sentences),
        "translated": sum(sentence.translation is not None for sentence in sentences),
        "flagged": sum(bool(sentence.flags) for sentence in sentences),
        "points": len(points),
        "removed_lines": sum(len(article.removed) for article in brief.articles),
        **({"seen_before": past.skipped["documents"] + past.skipped["articles"]} if past else {}),
        **{f"flag_{code}": n for code, n in sorted(flags.items())},
    }


def versions() -> dict[str, str]:
    """Versions of what decides the brief's content and look."""
    names = ("argos-translate-lt", "ctranslate2", "langdetect", "sentencepiece", "trafilatura", "weasyprint")
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {"briefs": __version__, "python": python, **{name: importlib.metadata.version(name) for name in names}}
