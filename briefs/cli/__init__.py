"""The command line: parses, calls the package, prints, and turns errors into exit codes. Heavy imports come late."""

import datetime as dt
import io
import logging
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from briefs import __version__
from briefs.cli import history, running
from briefs.cli.mail import deliver_command, mail_app, outbox_app
from briefs.cli.memory import memory_app
from briefs.cli.options import (
    AsJson,
    Config,
    Day,
    Formats,
    Inputs,
    LogFile,
    Out,
    Quiet,
    TemplateDir,
    Variant,
    read_day,
    read_formats,
    read_settings,
    with_rendering,
)
from briefs.cli.output import Shown, configure_logging, note, print_json, print_report, problem_lines
from briefs.cli.packs import packs_app
from briefs.cli.schedule import schedule_app
from briefs.cli.template import template_app
from briefs.cli.verify import verify_command
from briefs.errors import BriefError, ExitCode, InputError, UsageError

if TYPE_CHECKING:
    from briefs.brief import Article, Document
    from briefs.config import Settings

app = typer.Typer(
    name="briefs", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="Offline policy briefs from web articles: clean, detect, translate, extract key points, render a traceable PDF.",
)  # fmt: skip
themes_app = typer.Typer(no_args_is_help=True, help="Work on themes.", rich_markup_mode=None)
app.add_typer(themes_app, name="themes")
app.add_typer(memory_app, name="memory")
app.add_typer(packs_app, name="packs")
app.add_typer(template_app, name="template")
app.add_typer(schedule_app, name="schedule")
app.add_typer(mail_app, name="mail")
app.add_typer(outbox_app, name="outbox")


def main() -> None:
    """Entry point: run, and exit with a code from briefs.errors.ExitCode."""
    for stream in (sys.stdout, sys.stderr):
        # What is printed is often Japanese, whatever the locale says.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(run_cli(sys.argv[1:]))


def run_cli(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; errors are printed to standard error."""
    try:
        code = app(list(arguments), prog_name="briefs", standalone_mode=False)
    except BriefError as error:
        note(f"briefs: {error.message}")
        if error.hint:
            note(f"  hint: {error.hint}")
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        note("briefs: interrupted; nothing half-written was left behind")
        return ExitCode.INTERRUPTED
    except (BrokenPipeError, SystemExit) as error:
        # The reader of our output went away (head, less): that is its right. Typer makes an exit with 1 of it.
        if isinstance(error, SystemExit) and not isinstance(error.__context__, BrokenPipeError):
            raise
        return ExitCode.OK
    except typer.exceptions.TyperException as error:
        show = getattr(error, "show", None)
        if show is not None:
            show()
        return int(getattr(error, "exit_code", ExitCode.USAGE))
    except Exception as error:
        logging.getLogger(__name__).exception("bug")
        note(f"briefs: this is a bug: {type(error).__name__}: {error}")
        note("  hint: please report it with the log (--log-file) and the input that caused it")
        return ExitCode.BUG
    return int(code or 0)


def _version(value: bool) -> None:
    if value:
        sys.stdout.write(f"briefs {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
def build(
    inputs: Annotated[
        list[str] | None, typer.Argument(help="Files, folders or glob patterns.", show_default=False)
    ] = None,
    config: Config = None,
    date: Day = None,
    out: Out = None,
    formats: Formats = None,
    title: Annotated[str | None, typer.Option(help="Title on the cover.", show_default=False)] = None,
    stop_after: Annotated[
        str | None, typer.Option(help="Stop after this stage and write the brief so far as JSON.", show_default=False)
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on from a JSON that --stop-after wrote.", show_default=False)
    ] = None,
    template_dir: TemplateDir = None,
    pdf_variant: Variant = None,
    as_json: AsJson = False,
    log_file: LogFile = None,
    quiet: Quiet = False,
) -> int:
    """Turn files and folders into one brief. `--resume` takes its articles from the JSON and needs no INPUTS."""
    import dataclasses

    from briefs.cli.making import build_until, make, resumed
    from briefs.config import BriefSettings
    from briefs.pipeline import start_brief

    configure_logging(log_file)
    if not inputs and not resume:
        raise UsageError("no input was named", hint="name files or folders: briefs build my-articles")
    settings = with_rendering(read_settings(config, out), template_dir, pdf_variant)
    first = settings.brief[0] if settings.brief else BriefSettings()
    chosen = dataclasses.replace(
        first,
        feeds=(),
        urls=(),
        sources=tuple(inputs or ()),
        title=title or first.title,
        formats=read_formats(formats) or first.formats,
    )
    start = start_brief(settings, chosen, read_day(date))
    if resume:
        start = resumed(resume, start, dated=date is not None, titled=title is not None)
    with Shown(quiet=quiet, as_json=as_json) as shown:
        if stop_after:
            path, code = build_until(settings, chosen, start, stop_after, shown)
            print_json({"file": str(path), "exit_code": int(code)}) if as_json else sys.stdout.write(f"{path}\n")
            return code
        report = make(settings, chosen, start, shown)
    print_report([report], as_json=as_json)
    return report.exit_code


app.command()(running.run)
app.command()(history.history)
app.command()(history.show)
app.command("deliver")(deliver_command)
app.command("verify")(verify_command)


@app.command("clean")
def clean_command(
    file: Annotated[Path, typer.Argument(help="One file.", show_default=False)],
    config: Config = None,
    date: Day = None,
) -> int:
    """Print the cleaned article as JSON: what it says, and what was removed with the reason."""
    from briefs.cli.inspect import cleaned_json
    from briefs.detect import detect_article
    from briefs.registry import load_backend

    settings = read_settings(config, None)
    article = next(_articles([str(file)], settings, read_day(date)), None)
    if article is None:
        raise InputError(f"{file} could not be read", hint="see the problem above")
    detector = load_backend("detector", settings.detect.backend)()
    print_json(cleaned_json(detect_article(article, detector)))
    return ExitCode.OK


@app.command("translate")
def translate_command(
    file: Annotated[str, typer.Argument(help="A text file, or - for standard input.")] = "-",
    source: Annotated[
        str | None, typer.Option("--from", help="Language of the text.", show_default="as detected")
    ] = None,
    target: Annotated[
        str | None, typer.Option("--to", help="Language to translate into.", show_default="the config's, or en")
    ] = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Translate a text: a line in, a line out. A line that could not be translated is printed as it is (exit 10)."""
    from briefs.cli.inspect import read_lines, translate_lines

    settings = read_settings(config, None)
    lines = read_lines(file)
    answers = translate_lines(lines, settings, source, target or settings.translate.target)
    if as_json:
        print_json([{"source": line, **answer} for line, answer in zip(lines, answers, strict=True)])
    else:
        for line, answer in zip(lines, answers, strict=True):
            sys.stdout.write((answer["translation"] or line) + "\n")
    failed = [number for number, answer in enumerate(answers, 1) if answer["translation"] is None]
    if failed:
        note(f"briefs: not translated: line {', '.join(map(str, failed[:20]))}{' …' if len(failed) > 20 else ''}")
    doubtful = sum(answer["translation"] is not None and bool(answer["flags"]) for answer in answers)
    if doubtful and not as_json:
        note(f"briefs: {doubtful} of {len(lines)} lines are doubtful: --json says why")
    return ExitCode.PARTIAL if failed else ExitCode.OK


@app.command("check")
def check_command(
    source: Annotated[Path, typer.Option("--source", help="Japanese, a sentence a line.", show_default=False)],
    translation: Annotated[Path, typer.Option("--translation", help="Its English, a line each.", show_default=False)],
    as_json: AsJson = False,
) -> int:
    """Compare any engine's translation with its source: figures, dates, names, negation, length (exit 10 if flagged)."""
    from briefs.cli.inspect import check_files

    flagged = check_files(source, translation)
    if as_json:
        print_json(flagged)
    else:
        for entry in flagged:
            for flag in entry["flags"]:
                sys.stdout.write(f"{entry['line']}: {flag['code']}: {flag['message']}\n")
    return ExitCode.PARTIAL if flagged else ExitCode.OK


@themes_app.command("suggest")
def suggest_command(
    inputs: Inputs,
    config: Config = None,
    limit: Annotated[int, typer.Option(min=1, max=20, help="Most themes to propose.")] = 6,
) -> int:
    """Propose themes with keywords from articles, as TOML to paste into a briefs.toml."""
    from briefs.cli.inspect import suggest

    settings = read_settings(config, None)
    sys.stdout.write(suggest(inputs, list(_articles(inputs, settings, read_day(None))), settings, limit))
    return ExitCode.OK


@app.command()
def doctor(config: Config = None, out: Out = None, as_json: AsJson = False) -> int:
    """Check fonts, Pango, packs, write access and mail settings: what works, what does not, how to mend it."""
    from briefs.cli.doctor import examine

    findings = list(examine(config, out))
    if as_json:
        print_json([finding._asdict() for finding in findings])
    else:
        for finding in findings:
            mark = {True: "ok  ", False: "FAIL", None: "--  "}[finding.works]
            sys.stdout.write(f"{mark} {finding.what:14} {finding.detail}\n")
            if finding.mend and not finding.works:
                sys.stdout.write(f"     {'':14} mend: {finding.mend}\n")
    broken = [finding.what for finding in findings if finding.works is False]
    return ExitCode.CONFIG if "config" in broken else ExitCode.MISSING if broken else ExitCode.OK


def _articles(inputs: Sequence[str], settings: "Settings", day: dt.date) -> Iterator["Article"]:
    """Cleaned articles of the inputs; what cannot be read is noted."""
    from briefs.clean import clean_document
    from briefs.worker import Worker

    with Worker() as worker:
        for document in _documents(inputs, settings):
            yield clean_document(document, day, limits=settings.limits, worker=worker)


def _documents(inputs: Sequence[str], settings: "Settings") -> Iterator["Document"]:
    from briefs.brief import Problem
    from briefs.ingest import FolderSource

    for found in FolderSource(inputs, settings.limits).documents():
        if isinstance(found, Problem):
            for line in problem_lines([found]):
                note(line)
        else:
            yield found


__all__ = ["app", "main", "run_cli"]
