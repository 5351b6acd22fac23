"""`briefs mail`, `briefs outbox` and `briefs deliver`: try the mail server, and look after what is on its way."""

import datetime as dt
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from briefs.cli.options import AsJson, Out, read_settings
from briefs.cli.output import note, print_json
from briefs.errors import DeliveryError, ExitCode, UsageError

if TYPE_CHECKING:
    from briefs.config import Settings
    from briefs.workspace.outbox import Delivery, Outbox

mail_app = typer.Typer(no_args_is_help=True, help="Try the mail server.", rich_markup_mode=None)
outbox_app = typer.Typer(no_args_is_help=True, help="Look after mail that is on its way.", rich_markup_mode=None)

Config = Annotated[Path | None, typer.Option("-c", "--config", help="A briefs.toml.", show_default="briefs.toml")]
Which = Annotated[list[str], typer.Argument(metavar="ID...|all", help="Numbers that `show` gives.", show_default=False)]


@mail_app.callback()
def _mail() -> None:
    """Try the mail server."""


@mail_app.command("test")
def try_command(
    address: Annotated[str, typer.Argument(help="Who gets the message.", show_default=False)],
    config: Config = None,
) -> int:
    """Send a test message with the settings, and print the server's answer (exit 8 if it does not take it)."""
    from briefs.deliver import SmtpSender, compose_test

    settings = _settings(config, None)
    message = compose_test(settings.mail, address, dt.datetime.now().astimezone())
    ((recipient, header),) = message.addresses
    with SmtpSender(settings.mail) as sender:
        (answer,) = sender.send([recipient], header.encode() + message.body, lambda: None)
    if answer.end != "sent":
        raise DeliveryError(
            f"not sent to {recipient}: {answer.words}", hint="correct [mail], or ask the server's operator"
        )
    sys.stdout.write(f"sent to {recipient}: {answer.words}\n")
    return ExitCode.OK


def deliver_command(
    config: Config = None,
    out: Out = None,
    now: Annotated[bool, typer.Option("--now", help="Do not wait for the time of a next attempt.")] = False,
    as_json: AsJson = False,
) -> int:
    """Send the mail that is due, and no other work (exit 8 while some is neither sent nor dropped)."""
    from briefs.deliver import SmtpSender, flush

    settings = _settings(config, out)
    fault, tried, left = None, 0, []
    if outbox := _open(settings):
        with outbox:
            with SmtpSender(settings.mail) as sender:
                flushed = flush(outbox, sender, settings.mail, early=now)
            fault, tried = flushed.fault, flushed.count("sent")
            left = outbox.deliveries()
    if as_json:
        print_json({"sent": tried, "fault": fault.message if fault else "", "left": _rows(left)})
    else:
        sys.stdout.write(f"{tried} sent, {len(left)} left\n")
        _print_rows(left)
    if fault:
        note(f"briefs: {fault.message}\n  hint: {fault.hint}; then: briefs deliver --now")
    return ExitCode.DELIVERY if left else ExitCode.OK


@outbox_app.command("show")
def show_command(
    config: Config = None,
    out: Out = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what was sent or dropped.")] = False,
    as_json: AsJson = False,
) -> int:
    """List mail that is queued, held (nobody knows whether it arrived) or failed, with the server's words."""
    found: Sequence[Delivery] = ()
    if outbox := _open(_settings(config, out)):
        with outbox:
            found = outbox.deliveries(everything=everything)
    if as_json:
        print_json(_rows(found))
    else:
        _print_rows(found)
        sys.stdout.write("" if found else "nothing waits\n")
    return ExitCode.OK


@outbox_app.command("retry")
def retry_command(which: Which, config: Config = None, out: Out = None) -> int:
    """Queue mail anew that is held, failed or waits; a held one may arrive twice. `briefs deliver` sends it."""
    return _change("retry", "queued again", which, _settings(config, out))


@outbox_app.command("drop")
def drop_command(which: Which, config: Config = None, out: Out = None) -> int:
    """Give up mail that is held, failed or waits: it is not sent, not even if the brief is made again."""
    return _change("drop", "dropped", which, _settings(config, out))


def _change(action: str, done: str, which: Sequence[str], settings: "Settings") -> int:
    outbox = _open(settings)
    if outbox is None:
        raise UsageError(f"there is no outbox in {settings.workspace_folder}", hint="name the folder with --out or -c")
    with outbox:
        known = [each.id for each in outbox.deliveries()]
        ids = known if list(which) == ["all"] else [_number(text) for text in which]
        changed = (outbox.retry if action == "retry" else outbox.drop)(ids)
    for id_ in changed:
        sys.stdout.write(f"{id_} {done}\n")
    if missing := [str(id_) for id_ in ids if id_ not in changed]:
        raise UsageError(
            f"cannot {action} {', '.join(missing)}", hint="only what briefs outbox show lists, and is not being sent"
        )
    return ExitCode.OK


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise UsageError(f"{text!r} is no number of a delivery", hint="briefs outbox show gives them; or say all")
    return int(text)


def _settings(config: Path | None, out: Path | None) -> "Settings":
    return read_settings(config or Path("briefs.toml"), out)


def _open(settings: "Settings") -> "Outbox | None":
    """The outbox, if anything was ever made there."""
    from briefs.workspace.outbox import Outbox

    return Outbox(settings.workspace_folder) if settings.workspace_folder.is_dir() else None


def _rows(deliveries: "Iterable[Delivery]") -> list[dict[str, Any]]:
    return [
        {
            "id": each.id, "brief": each.brief, "edition": each.edition, "recipient": each.recipient,
            "state": each.state, "attempts": each.attempts,
            "next_attempt": _time(each.after) if each.state == "queued" and each.after else "",
            "changed": _time(each.changed), "reply": each.reply,
        }
        for each in deliveries
    ]  # fmt: skip


def _print_rows(deliveries: "Iterable[Delivery]") -> None:
    for row in _rows(deliveries):
        when = f", next {row['next_attempt']}" if row["next_attempt"] else ""
        attempts = f"{row['attempts']} attempt{'' if row['attempts'] == 1 else 's'}"
        sys.stdout.write(
            f"{row['id']:>5}  {row['state']:8} {row['brief']} {row['edition']}  {row['recipient']}  {attempts}{when}\n"
        )
        if row["reply"]:
            sys.stdout.write(f"       {row['reply']}\n")


def _time(seconds: int) -> str:
    return dt.datetime.fromtimestamp(seconds).astimezone().isoformat(sep=" ", timespec="minutes")
