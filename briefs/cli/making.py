"""Runs the pipeline for a command: backends first, then the lock, then the stages."""

import dataclasses
from pathlib import Path

from briefs.brief import Brief
from briefs.cli.output import Shown
from briefs.config import BriefSettings, Settings, nearest
from briefs.errors import ExitCode, UsageError
from briefs.pipeline import STAGES, Context, Report, has_failed, make_brief, make_context, run_stages
from briefs.workspace import Workspace


def make(settings: Settings, brief: BriefSettings, start: Brief, shown: Shown, *, base: Path | None = None) -> Report:
    """Run everything for one brief."""
    context = _context(settings, brief, shown, base=base)
    with Workspace(settings) as workspace:
        report = make_brief(start, _with_memory(context, workspace), workspace)
    shown.problems(report.brief.problems)
    return report


def build_until(
    settings: Settings, brief: BriefSettings, start: Brief, stage: str, shown: Shown
) -> tuple[Path, ExitCode]:
    """Run up to a stage; return the file that was written, and PARTIAL if some input failed."""
    names = [each.name for each in STAGES]
    if stage not in names:
        raise UsageError(f"no stage is named {stage!r}", hint=nearest(stage, names))
    context = _context(settings, brief, shown)
    with Workspace(settings) as workspace:
        stopped = run_stages(start, _with_memory(context, workspace), until=stage)
        path = workspace.write_output(start.date, f"{start.name}-{stage}", {"json": stopped.to_json().encode()})[0]
    shown.problems(stopped.problems)
    return path, ExitCode.PARTIAL if has_failed(stopped) else ExitCode.OK


def resumed(path: Path, fresh: Brief, *, dated: bool, titled: bool) -> Brief:
    """The brief that --stop-after wrote, with the date and title of `fresh` where the command line gives them."""
    try:
        brief = Brief.from_json(path.read_text(encoding="utf-8"))
        brief.to_json().encode()  # a lone surrogate would fail much later
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{path}: not a brief ({error})", hint="--resume takes a file that --stop-after wrote"
        ) from error
    return dataclasses.replace(
        brief, date=fresh.date if dated else brief.date, title=fresh.title if titled else brief.title
    )


def _context(settings: Settings, brief: BriefSettings, shown: Shown, *, base: Path | None = None) -> Context:
    """The backends of a run, made before anything is written: an unknown name leaves no folder behind."""
    return make_context(settings, brief, brief.sources, progress=shown.stage, base=base)


def _with_memory(context: Context, workspace: Workspace) -> Context:
    return dataclasses.replace(context, memory=workspace.memory if context.settings.translate.memory else None)
