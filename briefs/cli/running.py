"""`briefs run`: the configured briefs, by hand or what is due, delivered and reported."""

import dataclasses
import datetime as dt
import sys
import time
from collections.abc import Callable, Sequence
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
from briefs.cli.output import Shown, configure_logging, note, print_plans, print_report
from briefs.errors import BriefError, ConfigError, ExitCode, LockError, UsageError

if TYPE_CHECKING:
    from briefs.brief import Brief
    from briefs.config import BriefSettings, Settings
    from briefs.edition import Made, Order, Prepare, Queue
    from briefs.workspace import History, Workspace

_KEEP_PAGES = 60 * 86_400  # seconds


class _Job(NamedTuple):
    """What one call of `briefs run` is to do: what is due, or a day by hand, which is today's for each brief if None."""

    settings: "Settings"
    briefs: Sequence["BriefSettings"]
    base: Path
    due: bool
    day: dt.date | None
    mails: bool
    metrics: Path | None
    tries: bool = False


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
    figures = metrics or (Path(settings.monitor.metrics) if settings.monitor.metrics else None)
    day = read_day(date) if date else None
    job = _Job(settings, briefs, path.resolve().parent, due, day, not no_mail, figures, dry_run)
    if eml:
        return _rehearse(job, eml, quiet=quiet)
    if dry_run:
        return _show_plans(job, as_json=as_json)
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


def _show_plans(job: _Job, *, as_json: bool) -> int:
    from briefs.cli.inspect import plan
    from briefs.workspace import open_history

    history = open_history(job.settings)
    try:
        orders = _orders(job, history)
    finally:
        if history is not None:
            history.connection.close()
    print_plans([plan(order) for order in orders], as_json=as_json)
    if not orders:
        note("briefs: nothing is due")
    return ExitCode.OK


def _rehearse(job: _Job, folder: Path, *, quiet: bool) -> int:
    """Make the briefs and their mails into a folder; nothing is sent, and nothing counts as reported."""
    from briefs.deliver import Mailing, compose, write_eml
    from briefs.edition import rehearse
    from briefs.workspace import Workspace

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--eml {folder}: {error.strerror}", hint="name a folder that you may write to") from error
    codes = [int(ExitCode.OK)]
    with Workspace(job.settings) as workspace:
        for order in _orders(job, workspace.history):
            try:
                with Shown(quiet=quiet) as shown:
                    report = rehearse(order, workspace, shown.stage, folder)
            except BriefError as error:
                note(f"briefs: {order.brief.name}: {error.message}\n  hint: {error.hint}")
                codes.append(error.exit_code)
                continue
            shown.problems(report.brief.problems)
            mailing = Mailing(job.settings.mail, order.brief, order.edition, dt.datetime.now().astimezone())
            messages = compose(report.brief, report.files, mailing) if job.mails and report.files else ()
            for path in (*report.files, *write_eml(messages, folder, f"{order.day}-{order.brief.name}")):
                sys.stdout.write(f"{path}\n")
            codes.append(int(report.exit_code))
    return _worst(codes)


def _worst(codes: Sequence[int]) -> int:
    """The code of the first that failed, else whether some articles did."""
    failures = [code for code in codes if code not in (ExitCode.OK, ExitCode.PARTIAL)]
    return failures[0] if failures else max(codes, default=int(ExitCode.OK))


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
        made = _make_all(job, workspace, lambda: Shown(quiet=quiet, as_json=as_json))
        codes = [int(each.exit_code) for each in made]
        if job.mails:
            codes.append(_deliver(job.settings, workspace, idle=job.due and not made, quiet=quiet or as_json))
        _tidy(workspace)
        print_report([each.report for each in made if each.report is not None], as_json=as_json)
        if job.metrics:
            with Outbox(workspace.folder) as outbox:
                write_metrics(workspace.history, outbox, [each.name for each in job.settings.brief], job.metrics)
    return _Done(_worst(codes), bool(made))


def _tidy(workspace: "Workspace") -> None:
    """Forget the pages that were not met again. What was made, and what it had, is kept for good."""
    workspace.pages.prune(time.time() - _KEEP_PAGES)


def _make_all(job: _Job, workspace: "Workspace", screen: Callable[[], Shown]) -> list["Made"]:
    """What is ordered, and what has come due meanwhile: a brief must not be late because another took long."""
    made: list[Made] = []
    tried: set[tuple[str, str]] = set()
    while orders := [o for o in _orders(job, workspace.history) if (o.brief.name, o.edition) not in tried]:
        for order in orders:
            tried.add((order.brief.name, order.edition))
            made.append(_make(order, workspace, job, screen))
        if not job.due:
            break
    return made


def _orders(job: _Job, history: "History | None") -> list["Order"]:
    from briefs.edition import due_orders, order_of

    now = _now()
    if job.due:
        if history is None:
            return []  # a schedule that was never looked at has nothing to make up for
        chosen = dataclasses.replace(job.settings, brief=tuple(job.briefs))
        return due_orders(chosen, history, now, base=job.base, remember=not job.tries)
    orders = []
    for brief in job.briefs:
        day = (job.day or _today(brief, now)).isoformat()
        edition = history.latest_of_day(brief.name, day) if history else day
        rehearsal = bool(brief.recipients) and not job.mails
        order = order_of(job.settings, brief, edition, job.base)
        orders.append(dataclasses.replace(order, is_rehearsal=rehearsal))
    return orders


def _today(brief: "BriefSettings", now: dt.datetime) -> dt.date:
    """The date of a brief where its schedule is: the machine may stand elsewhere."""
    from briefs.schedule import parse_schedule

    schedule = parse_schedule(brief)
    return now.astimezone(schedule.zone if schedule else None).date()


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _make(order: "Order", workspace: "Workspace", job: _Job, screen: Callable[[], Shown]) -> "Made":
    from briefs.edition import make_edition

    with screen() as shown:
        made = make_edition(order, workspace, shown.stage, _prepare(order, job))
        if made.report is not None:
            shown.problems(made.report.brief.problems)
    if made.later:
        note(
            f"briefs: {order.brief.name}: edition {order.edition} was mailed, and is made again as it was; "
            f"articles that came since ({made.later}) are left to the next edition"
        )
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


def _deliver(settings: "Settings", workspace: "Workspace", *, idle: bool, quiet: bool) -> int:
    """Send what waits in the outbox, of this run and of those before it; an `idle` call says nothing of what is held."""
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
        held = [] if idle else [each for each in outbox.deliveries() if each.state == "held"]
    tried = {each.id for each in flushed.deliveries}
    unsent = [each for each in flushed.deliveries if each.state != "sent"]
    readers = {each.recipient for each in flushed.deliveries if each.state == "sent"}
    if readers and not quiet:
        note(f"briefs: mailed to {len(readers)} {'reader' if len(readers) == 1 else 'readers'}")
    unsent += [each for each in held if each.id not in tried]  # until someone says what to do with it
    for each in unsent:
        note(f"briefs: mail {each.id} to {each.recipient}: {each.state}: {each.reply}")
    if flushed.fault:
        note(f"briefs: {flushed.fault.message}\n  hint: {flushed.fault.hint}; then: briefs deliver --now")
    elif any(each.state == "queued" for each in unsent):
        note("  hint: the briefs are kept; briefs outbox show tells what waits, briefs deliver tries again")
    elif unsent:
        note("  hint: the briefs are kept; briefs outbox show has the numbers, briefs outbox retry or drop decides")
    return ExitCode.DELIVERY if unsent or flushed.fault else ExitCode.OK


def _ping(address: str, code: int) -> None:
    if address:
        from briefs.monitor import ping

        if not ping(address, code):
            note("briefs: the health check was not told (the log says why); the run itself is not affected")
