"""`briefs run`: the configured briefs, by hand or what is due, delivered and reported."""

import datetime as dt
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from briefs.cli.options import (
    AsJson,
    Config,
    Day,
    LogFile,
    Out,
    Quiet,
    TemplateDir,
    Variant,
    read_day,
    read_settings,
    with_rendering,
)
from briefs.cli.output import Shown, configure_logging, note, print_plans, print_report, problem_lines
from briefs.errors import ConfigError, ExitCode, LockError, UsageError

if TYPE_CHECKING:
    from briefs.brief import Brief
    from briefs.config import BriefSettings, Settings
    from briefs.edition import Made, Order, Prepare, Queue
    from briefs.workspace import Workspace


_KEEP_PAGES, _KEEP_RUNS = 60 * 86_400, 730 * 86_400  # seconds


class _Job(NamedTuple):
    """What one call of `briefs run` is to do; `day` is None for what is due."""

    settings: "Settings"
    briefs: Sequence["BriefSettings"]
    base: Path
    day: dt.date | None
    mails: bool
    metrics: Path | None


def run(
    names: Annotated[
        list[str] | None, typer.Argument(help="Names of configured briefs; all if none is named.", show_default=False)
    ] = None,
    config: Config = None,
    due: Annotated[
        bool, typer.Option("--due", help="Only what is due by its schedule, and what was missed: for timers.")
    ] = False,
    date: Day = None,
    out: Out = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")] = False,
    eml: Annotated[
        Path | None,
        typer.Option(help="With --dry-run: make the briefs and their mails (.eml) in this folder.", show_default=False),
    ] = None,
    no_mail: Annotated[bool, typer.Option("--no-mail", help="Make the briefs, and mail nothing.")] = False,
    healthcheck: Annotated[
        str | None, typer.Option(help="Address to ping at the end.", show_default="the config's")
    ] = None,
    metrics: Annotated[
        Path | None, typer.Option(help="Prometheus textfile to write.", show_default="the config's")
    ] = None,
    template_dir: TemplateDir = None,
    pdf_variant: Variant = None,
    as_json: AsJson = False,
    log_file: LogFile = None,
    quiet: Quiet = False,
) -> int:
    """Make the briefs that a briefs.toml configures; one that fails does not stop the others."""
    path = config or Path("briefs.toml")
    settings = with_rendering(read_settings(path, out), template_dir, pdf_variant)
    configure_logging(log_file or (Path(settings.monitor.log_file) if settings.monitor.log_file else None))
    if due and date:
        raise UsageError("--due and --date exclude each other", hint="with a date, a brief is made by hand")
    briefs = _choose(settings, names or [])
    if not no_mail:
        _check_mail(settings, briefs)
    if eml and not dry_run:
        raise UsageError("--eml is for --dry-run", hint="add --dry-run: nothing is sent and nothing recorded")
    if dry_run and not eml:
        return _show_plans(settings, briefs, read_day(date), as_json=as_json)
    figures = metrics or (Path(settings.monitor.metrics) if settings.monitor.metrics else None)
    day = None if due else read_day(date)
    job = _Job(settings, briefs, path.resolve().parent, day, not no_mail, figures)
    if eml:
        return _rehearse(job, eml, quiet=quiet)
    told = healthcheck or settings.monitor.healthcheck
    try:
        done = _do(job, quiet=quiet, as_json=as_json)
    except LockError:
        # A timer that comes while a run is at work is no failure, and nothing to write mail about.
        if due and quiet:
            return ExitCode.LOCKED
        raise
    except BaseException as error:
        _ping(told, int(getattr(error, "exit_code", ExitCode.BUG)))
        raise
    if done.worked or done.code:
        _ping(told, done.code)
    return done.code


def _choose(settings: "Settings", names: Sequence[str]) -> list["BriefSettings"]:
    from briefs.config import nearest
    from briefs.schedule import parse_schedule

    known = {brief.name: brief for brief in settings.brief}
    for name in names:
        if name not in known:
            raise UsageError(
                f"no brief is named {name!r}", hint=nearest(name, known) if known else "the config has no [[brief]]"
            )
    if not known:
        raise UsageError("the config has no [[brief]]", hint="add one: see docs/configuration.md")
    for brief in settings.brief:
        parse_schedule(brief)  # a schedule that is none is known now, not at seven in the morning
    return [known[name] for name in names or known]


def _check_mail(settings: "Settings", briefs: Sequence["BriefSettings"]) -> None:
    """ConfigError for what would keep mail from going out: before the work, not after it."""
    from briefs.deliver import check_mailing

    for brief in briefs:
        if brief.recipients and not settings.mail.host:
            raise ConfigError(
                f"brief {brief.name} has recipients, and mail.host is empty", hint="set it, or run with --no-mail"
            )
        if brief.recipients:
            check_mailing(settings.mail, brief)


def _show_plans(settings: "Settings", briefs: Sequence["BriefSettings"], day: dt.date, *, as_json: bool) -> int:
    from briefs.cli.inspect import plan

    print_plans([plan(settings, brief, day) for brief in briefs], as_json=as_json)
    return ExitCode.OK


def _rehearse(job: _Job, folder: Path, *, quiet: bool) -> int:
    """Make the briefs and their mails into a folder; nothing is sent, and nothing counts as reported."""
    from briefs.deliver import Mailing, compose, write_eml
    from briefs.edition import rehearse
    from briefs.workspace import Workspace

    folder.mkdir(parents=True, exist_ok=True)
    codes = [int(ExitCode.OK)]
    with Workspace(job.settings) as workspace:
        for order in _orders(job, workspace):
            with Shown(quiet=quiet) as shown:
                report = rehearse(order, workspace, shown.stage, folder)
            mailing = Mailing(job.settings.mail, order.brief, order.edition, dt.datetime.now().astimezone())
            messages = compose(report.brief, report.files, mailing) if job.mails and report.files else ()
            for path in (*report.files, *write_eml(messages, folder, f"{order.day}-{order.brief.name}")):
                sys.stdout.write(f"{path}\n")
            codes.append(int(report.exit_code))
    return max(codes)


class _Done(NamedTuple):
    """How a call ended; an idle one, that found nothing due, has `worked` on nothing."""

    code: int
    worked: bool


def _do(job: _Job, *, quiet: bool, as_json: bool) -> _Done:
    """Make, record, deliver and report; the code is that of the first that failed."""
    from briefs.monitor import write_metrics
    from briefs.workspace import Workspace
    from briefs.workspace.outbox import Outbox

    with Workspace(job.settings) as workspace:
        made = _make_all(job, workspace, quiet=quiet or as_json)
        codes = [int(each.exit_code) for each in made]
        if job.mails:
            codes.append(_deliver(job.settings, workspace))
        _tidy(workspace)
        if job.metrics:
            with Outbox(workspace.folder) as outbox:
                write_metrics(workspace.history, outbox, [each.name for each in job.settings.brief], job.metrics)
    print_report([each.report for each in made if each.report is not None], as_json=as_json)
    failures = [code for code in codes if code not in (ExitCode.OK, ExitCode.PARTIAL)]
    return _Done(failures[0] if failures else max(codes, default=int(ExitCode.OK)), bool(made))


def _tidy(workspace: "Workspace") -> None:
    """Forget what no later run asks for: pages not met again, old runs. What briefs had is kept for good."""
    now = time.time()
    workspace.pages.prune(int(now - _KEEP_PAGES))
    workspace.history.prune(f"{dt.datetime.fromtimestamp(now - _KEEP_RUNS, dt.UTC):%Y-%m-%d}")


def _make_all(job: _Job, workspace: "Workspace", *, quiet: bool) -> list["Made"]:
    """What is ordered, and what has come due meanwhile: a brief must not be late because another took long."""
    made: list[Made] = []
    tried: set[tuple[str, str]] = set()
    while orders := [o for o in _orders(job, workspace) if (o.brief.name, o.edition) not in tried]:
        for order in orders:
            tried.add((order.brief.name, order.edition))
            made.append(_make(order, workspace, job, quiet=quiet))
        if job.day is not None:
            break
    return made


def _orders(job: _Job, workspace: "Workspace") -> list["Order"]:
    from briefs.edition import due_orders, order_of

    if job.day is None:
        now = dt.datetime.now(dt.UTC)
        return due_orders(job.settings, job.briefs, workspace, now, job.base)
    day = job.day.isoformat()
    editions = [(brief, workspace.history.latest_of_day(brief.name, day)) for brief in job.briefs]
    return [order_of(job.settings, brief, edition, job.base) for brief, edition in editions]


def _make(order: "Order", workspace: "Workspace", job: _Job, *, quiet: bool) -> "Made":
    from briefs.edition import make_edition

    with Shown(quiet=quiet) as shown:
        made = make_edition(order, workspace, shown.stage, _prepare(order, job))
        if made.report is not None:
            shown.problems(problem_lines(made.report.brief.problems))
    if made.report is None:
        note(f"briefs: {order.brief.name}: {made.message}" + (f"\n  hint: {made.hint}" if made.hint else ""))
    return made


def _prepare(order: "Order", job: _Job) -> "Prepare | None":
    """What makes the messages of an edition; None if it is mailed to nobody."""
    if not (job.mails and order.brief.recipients):
        return None
    from briefs.deliver import Mailing, compose
    from briefs.workspace.outbox import queue

    mailing = Mailing(job.settings.mail, order.brief, order.edition, dt.datetime.now().astimezone())

    def prepare(brief: "Brief", files: Sequence[Path]) -> "Queue":
        messages = compose(brief, files, mailing)
        edition = (order.brief.name, order.edition)
        return lambda connection, run: queue(connection, run, edition, messages, time.time())

    return prepare


def _deliver(settings: "Settings", workspace: "Workspace") -> int:
    """Send what waits in the outbox, of this run and of those before it."""
    if not settings.mail.host:
        return ExitCode.OK
    from briefs.deliver import SmtpSender, flush
    from briefs.workspace.outbox import Outbox

    with Outbox(workspace.folder) as outbox, SmtpSender(settings.mail) as sender:
        try:
            flushed = flush(outbox, sender, settings.mail)
        except LockError as error:
            note(f"briefs: {error.message}\n  hint: {error.hint}, then: briefs deliver")
            return ExitCode.DELIVERY
        held = [each for each in outbox.deliveries() if each.state == "held"]
    tried = {each.id for each in flushed.deliveries}
    unsent = [each for each in flushed.deliveries if each.state != "sent"]
    unsent += [each for each in held if each.id not in tried]  # until someone says what to do with it
    for each in unsent:
        note(f"briefs: mail {each.id} to {each.recipient}: {each.state}: {each.reply}")
    if flushed.fault:
        note(f"briefs: {flushed.fault.message}\n  hint: {flushed.fault.hint}; then: briefs deliver --now")
    elif unsent:
        note("  hint: the briefs are kept; briefs outbox show tells what waits, briefs deliver tries again")
    return ExitCode.DELIVERY if unsent or flushed.fault else ExitCode.OK


def _ping(address: str, code: int) -> None:
    if address:
        from briefs.monitor import ping

        if not ping(address, code):
            note("briefs: the health check was not told (the log says why); the run itself is not affected")
