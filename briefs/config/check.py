"""What the types of the settings cannot say: names, formats, references, addresses."""

import re
import typing
from urllib.parse import urlsplit

from briefs.config.build import nearest
from briefs.config.settings import BriefSettings, MailSettings, Settings, default_themes
from briefs.errors import ConfigError

PDF_VARIANTS = ("pdf/ua-1", "pdf/a-3u")
CHOICES = {
    "render.pdf_variant": PDF_VARIANTS,
    "mail.security": ("starttls", "tls", "none"),
    "mail.auth": ("auto", "plain", "login", "xoauth2"),
    "brief.catch_up": ("latest", "each", "none"),
    "brief.empty_day": ("mail", "write", "skip"),
}
FORMATS = ("pdf", "html", "md", "json")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}").fullmatch
_PAIR = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]+)*-[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]+)*").fullmatch
_SHA256 = re.compile(r"[0-9a-fA-F]{64}").fullmatch
_PERIOD = re.compile(r"since-last|[1-9]\d{0,2} days?").fullmatch
_ADDRESS = re.compile(r"https?://[^\s\x00-\x1f]+").fullmatch
_ON_THE_WEB = re.compile(r"https?://", re.IGNORECASE).match
_PARTS = re.compile(r"//([^/?#]*)(.*)", re.DOTALL).search
# One address, with a name before it or not; which ones exist only the server knows.
_MAILBOX = re.compile(
    r"(?:[^<>@\x00-\x1f\x7f]*<[^<>@\s\x00-\x1f]+@[^<>@\s\x00-\x1f]+>|[^<>@\s,;\x00-\x1f]+@[^<>@\s,;\x00-\x1f]+)"
).fullmatch
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-zA-Z]{2,4})?").fullmatch


def check_settings(settings: Settings, where: str) -> None:
    """ConfigError for what types cannot say: names, formats, references, addresses."""
    ids = {theme.id for theme in settings.theme or default_themes()}
    for theme in settings.theme:
        if not _NAME(theme.id):
            raise ConfigError(
                f"{where}: theme.id {theme.id!r} is not a name", hint="use lower case, digits and hyphens"
            )
    if settings.theme and len(ids) < len(settings.theme):
        raise ConfigError(f"{where}: two themes have the same id", hint="give each theme its own id")
    _check_briefs(settings, ids, where)
    check_formats(settings.render.formats, f"{where}: render.formats")
    if not settings.render.formats:
        raise ConfigError(f"{where}: render.formats is empty", hint=f"choose from {', '.join(FORMATS)}")
    if not _LANGUAGE(settings.translate.target):
        raise ConfigError(
            f"{where}: translate.target {settings.translate.target!r} is no language", hint="use a code such as en"
        )
    for pair, sha256 in settings.translate.pins.items():
        if not _PAIR(pair) or not _SHA256(sha256):
            raise ConfigError(
                f"{where}: translate.pins: {pair} = {sha256!r} is no pin",
                hint='write a pair of languages and 64 hex digits: "ja-en" = "408d…"; briefs packs info shows them',
            )
    for key in ("render.pdf_variant", "mail.security", "mail.auth"):
        table, _, name = key.partition(".")
        _check_choice(key, getattr(getattr(settings, table), name), f"{where}: {key}")
    check_formats(settings.mail.attach, f"{where}: mail.attach")
    _check_mail(settings.mail, where)
    if settings.monitor.healthcheck and not is_address(settings.monitor.healthcheck):
        raise ConfigError(f"{where}: monitor.healthcheck is no address", hint="write it as https://…")
    for text in (settings.out, settings.workspace, settings.packs):
        if "\0" in text:
            raise ConfigError(f"{where}: a path has a NUL character", hint="correct out, workspace or packs")


def _check_briefs(settings: Settings, themes: set[str], where: str) -> None:
    names = [brief.name for brief in settings.brief]
    for number, brief in enumerate(settings.brief):
        at = f"{where}: brief[{number}]"
        if not _NAME(brief.name):
            raise ConfigError(f"{at}.name {brief.name!r} is not a name", hint="use lower case, digits and hyphens")
        if names.count(brief.name) > 1:
            raise ConfigError(f"{at}.name {brief.name!r} is used twice", hint="give each brief its own name")
        for id_ in brief.themes:
            if id_ not in themes:
                raise ConfigError(f"{at}.themes: unknown theme {id_!r}", hint=nearest(id_, themes))
        check_formats(brief.formats, f"{at}.formats")
        _check_brief(brief, at)


def _check_brief(brief: BriefSettings, at: str) -> None:
    """The sources, the times and the recipients of one brief."""
    if "" in brief.sources:
        raise ConfigError(f"{at}.sources: a source is empty", hint="name a file, a folder or a pattern")
    if "" in brief.urls:
        raise ConfigError(f"{at}.urls: an entry is empty", hint="name an address, or a file with one a line")
    for feed in brief.feeds:
        _check_address(feed, f"{at}.feeds")
    for url in filter(_ON_THE_WEB, brief.urls):  # the others are paths
        _check_address(url, f"{at}.urls")
    if not _PERIOD(brief.period):
        raise ConfigError(f"{at}.period {brief.period!r} is none", hint='write "since-last" or "7 days"')
    for name in ("catch_up", "empty_day"):
        _check_choice(f"brief.{name}", getattr(brief, name), f"{at}.{name}")
    for mailbox in brief.recipients:
        _check_mailbox(mailbox, f"{at}: recipient")


def _check_mail(mail: MailSettings, where: str) -> None:
    for name in ("sender", "reply_to"):
        if getattr(mail, name):
            _check_mailbox(getattr(mail, name), f"{where}: mail.{name}")
    for name in ("host", "user", "link", "list_unsubscribe"):
        if any(ord(c) < 32 or ord(c) == 127 for c in getattr(mail, name)):
            raise ConfigError(f"{where}: mail.{name} has a control character", hint="write it on one line")


def _check_mailbox(text: str, where: str) -> None:
    if not _MAILBOX(text):
        raise ConfigError(f"{where} {text!r} is no mail address", hint='write "Name <name@example.org>"')


def _check_choice(key: str, value: str, where: str) -> None:
    if value not in CHOICES[key]:
        raise ConfigError(f"{where}: unknown choice {value!r}", hint=nearest(value, CHOICES[key]))


def _check_address(text: str, where: str) -> None:
    """ConfigError for what is no address; what may be a password in it is not repeated."""
    if splits_password(text):
        hint = "percent-encode the name and the password in it: %2F for /, %3F for ?, %23 for #, %40 for any other @"
        raise ConfigError(f"{where}: an address has an @ that may end a password with /, ? or #", hint=hint)
    if not is_address(text):
        shown = "an address with an @ in it" if "@" in text else repr(text)
        raise ConfigError(f"{where}: {shown} is no address", hint="write it as https://…")


def is_address(text: str) -> bool:
    """Is it the address of something on the web, and not a path?"""
    if _ADDRESS(text) is None:
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that never close, a port that is no number
        return False


def is_name(text: str) -> bool:
    """May a brief or a template be called that?"""
    return _NAME(text) is not None


def splits_password(text: str) -> bool:
    """May an @ of this address be the end of a password whose /, ? or # split it, so that its rest is taken for a path?

    `https://medium.example/@ana` is plain; with a port or a name before that @, nobody can tell.
    """
    found = _PARTS(text)
    return found is not None and "@" in found[2] and (":" in found[1] or "@" in found[1] or "." not in found[1])


def check_formats(formats: typing.Iterable[str], where: str) -> None:
    """ConfigError if one of `formats` is not a format."""
    for name in formats:
        if name not in FORMATS:
            raise ConfigError(f"{where}: unknown format {name!r}", hint=nearest(name, FORMATS))
