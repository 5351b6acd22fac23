"""The settings: frozen dataclasses, and every default of the program with the sentence that documents it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from briefs.brief import Theme, encode
from briefs.config.build import build, read_toml, setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of one input is read before it becomes a problem in the brief."""

    file_bytes: int = setting(20_000_000, "Largest input file, in bytes.", least=1, most=2000000000)
    characters: int = setting(400_000, "Longest document after decoding, in characters.", least=1, most=50000000)
    line_characters: int = setting(
        50_000, "Longest line kept in an article; a longer one is dropped as data.", least=1, most=50000000
    )
    pages: int = setting(300, "Most pages read of one PDF.", least=1, most=100000)
    seconds: float = setting(20.0, "Most seconds spent reading one document.", least=0.1, most=86400)
    files: int = setting(10_000, "Most files taken from one folder.", least=1, most=1000000)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectSettings:
    """Language detection."""

    backend: str = setting("script", "Detector: `script` (script rule, then langdetect) or `null`.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslateSettings:
    """Translation on the machine itself."""

    backend: str = setting("argos", "Translator: `argos` (CTranslate2 packs) or `identity`.")
    target: str = setting("en", "Language of the brief.")
    beam: int = setting(4, "Beam size; smaller is quicker, larger rarely better.", least=1, most=32)
    least_confidence: float = setting(
        0.0,
        "Mean log-probability a token below which a translation is shown as a draft, under its original; 0 takes the pack's "
        "own, or -0.8.",
        most=0,
    )
    threads: int = setting(0, "CPU threads; 0 takes the cores there are.", least=0, most=256)
    batch_tokens: int = setting(2048, "Tokens that one batch may hold.", least=64, most=1000000)
    memory: bool = setting(True, "Keep translations in the workspace, so that no sentence is translated twice.")
    inline: bool = setting(
        True, "Write known amounts, dates and names in English into the source for packs that ask for it."
    )
    glossary: str = setting("", "TSV (ja, en, kind) whose entries win over the built-in gazetteer.")
    pins: Mapping[str, str] = setting(
        {}, 'SHA-256 by pair, e.g. `{ "ja-en" = "408d…" }`: a pack of that pair with another one is refused.'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractSettings:
    """Key points by theme."""

    backend: str = setting("salience", "Extractor: `salience`, `lead`, `lexrank` or `null`.")
    points: int = setting(6, "Most points of one theme.", least=1, most=100)
    highlights: int = setting(5, "Most points of the day at the top of the brief.", least=0, most=50)


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSettings:
    """The document."""

    template: str = setting("policy", "Template: a shipped name or a folder.")
    formats: tuple[str, ...] = setting(("pdf",), "Any of `pdf`, `html`, `md`, `json`.")
    template_dir: str = setting(
        "", "Folder of your own templates, a folder each; a template of that name is taken from it first."
    )
    pdf_variant: str = setting("pdf/ua-1", "`pdf/ua-1` (accessible) or `pdf/a-3u` (for archives; tagged as well).")
    seconds: float = setting(300.0, "Most seconds that layout and writing may take.", least=0.1, most=86400)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """Feeds and pages from the web. Nothing is fetched unless a brief names a feed or an address."""

    seconds: float = setting(20.0, "Most seconds for one address, redirects and all.", least=0.1, most=3600)
    total_seconds: float = setting(
        900.0, "Most seconds for all addresses of one run, waits and all; the rest is left out.", least=1, most=86400
    )
    bytes: int = setting(
        10_000_000, "Largest answer that is read, in bytes after decompression.", least=1000, most=1000000000
    )
    redirects: int = setting(5, "Most redirects followed.", least=0, most=20)
    delay: float = setting(1.0, "Seconds between two requests to the same host.", least=0, most=3600)
    items: int = setting(50, "Most entries taken from one feed, the newest first.", least=1, most=10000)
    robots: bool = setting(True, "Keep to each host's robots.txt.")
    private: tuple[str, ...] = setting(
        (),
        "Hosts that may have a private address, such as `intranet.example` or `127.0.0.1`; all others are refused it.",
    )
    user_agent: str = setting("", "How the program names itself; empty takes `briefs/<version>`.")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """The mail server, and what a message looks like. The password never stands in this file."""

    host: str = setting("", "Mail server; empty sends no mail.")
    port: int = setting(0, "Its port; 0 takes 587 for `starttls`, 465 for `tls`, 25 for `none`.", least=0, most=65535)
    security: str = setting("starttls", "`starttls`, `tls` (from the first byte) or `none`.")
    ca_file: str = setting("", "Certificates to trust instead of the system's, in PEM.")
    user: str = setting("", "Account; empty logs in nowhere.")
    auth: str = setting("auto", "`auto`, `plain`, `login` or `xoauth2` (the password is then an access token).")
    password: str = setting("", "From the environment only.", secret=True)
    password_file: str = setting("", "File whose first line is the password; nobody else may read it.")
    keyring: str = setting("", "Service name under which the system's keyring has the password of `user`.")
    sender: str = setting("", 'Sender, such as `"Asia desk <desk@example.org>"`; empty takes `user`.')
    reply_to: str = setting("", "Where answers go; empty takes the sender.")
    list_unsubscribe: str = setting("", "Address or URL for `List-Unsubscribe`.")
    attach: tuple[str, ...] = setting(("pdf",), "Formats to attach, of those that the brief is made in.")
    max_bytes: int = setting(
        10_000_000,
        "Largest message; beyond it the files are left out and linked or named.",
        least=10000,
        most=1000000000,
    )
    link: str = setting("", "Address under which `out` is published, for the link in place of too large a file.")
    seconds: float = setting(60.0, "Most seconds for one answer of the server.", least=0.1, most=3600)
    attempts: int = setting(8, "Most attempts at one message before it is given up.", least=1, most=100)
    backoff: float = setting(
        300.0, "Seconds until the second attempt; each further one waits twice as long.", least=0, most=86400
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorSettings:
    """How others learn that the runs go well."""

    healthcheck: str = setting(
        "", "Address to ping after each `briefs run`: as it is for success, with `/fail` for failure."
    )
    metrics: str = setting("", "File for Prometheus' textfile collector, such as `/var/lib/…/briefs.prom`.")
    log_file: str = setting("", "Log file of `briefs run`; `--log-file` wins over it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeSettings:
    """A theme: what it is about, and the words that point to it."""

    id: str = setting("", "Short name, lower case with hyphens.")
    title: str = setting("", "Heading in the brief.")
    description: str = setting("", "One sentence on what belongs to it.")
    keywords: Mapping[str, tuple[str, ...]] = setting(
        {}, 'Words by language code, e.g. `{ ja = ["停戦"], en = ["ceasefire"] }`.'
    )

    def theme(self) -> Theme:
        """The theme as it enters a brief."""
        return Theme(id=self.id, title=self.title or self.id, description=self.description, keywords=self.keywords)


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefSettings:
    """One brief: what goes in and what comes out."""

    name: str = setting("brief", "Name used on the command line and in file names, lower case with hyphens.")
    title: str = setting("Policy brief", "Title on the cover.")
    sources: tuple[str, ...] = setting((), "Files, folders or glob patterns.")
    themes: tuple[str, ...] = setting((), "Ids of themes, in the order of the brief; empty takes all.")
    template: str = setting("", "Template of this brief; empty takes `render.template`.")
    formats: tuple[str, ...] = setting((), "Formats of this brief; empty takes `render.formats`.")
    feeds: tuple[str, ...] = setting((), "Addresses of RSS, Atom or JSON feeds.")
    urls: tuple[str, ...] = setting((), "Addresses of pages, or files with one address a line.")
    period: str = setting(
        "since-last",
        "`since-last`: what the briefs before did not have; `7 days`: all of these days, new points marked.",
    )
    schedule: str = setting(
        "",
        "`daily 07:00`, `weekdays 07:00`, `mon,thu 06:30`, or a cron expression such as `0 7 * * 1-5`; empty runs by hand.",
    )
    time_zone: str = setting("", "Time zone of the schedule, such as `Asia/Tokyo`; empty takes the machine's.")
    catch_up: str = setting("latest", "After the machine was off: `latest` slot once, `each` missed slot, or `none`.")
    empty_day: str = setting(
        "mail", "A day without a point: `mail` the brief that says so, only `write` it, or `skip` it."
    )
    to: tuple[str, ...] = setting((), 'Recipients, such as `"Ana Ruiz <ana@example.org>"`.')
    cc: tuple[str, ...] = setting((), "Recipients of a copy.")
    bcc: tuple[str, ...] = setting((), "Recipients that the others do not see.")
    shared: bool = setting(False, "One message for all recipients, who see each other, in place of one each.")

    @property
    def days(self) -> int | None:
        """The days of the period, None for what is new since the last brief."""
        return int(self.period.split()[0]) if self.period != "since-last" else None

    @property
    def recipients(self) -> tuple[str, ...]:
        """Everyone who gets the brief by mail."""
        return (*self.to, *self.cc, *self.bcc)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that can be set."""

    out: str = setting("out", "Folder for the finished briefs.")
    workspace: str = setting("", "Folder for the store (translation memory, runs); empty takes `.briefs` in `out`.")
    packs: str = setting("", "Folder of installed translation packs; empty takes Argos Translate's own.")
    limits: Limits = setting(Limits(), "Input limits.")
    detect: DetectSettings = setting(DetectSettings(), "Detection.")
    translate: TranslateSettings = setting(TranslateSettings(), "Translation.")
    extract: ExtractSettings = setting(ExtractSettings(), "Key points.")
    render: RenderSettings = setting(RenderSettings(), "Rendering.")
    fetch: FetchSettings = setting(FetchSettings(), "Fetching.")
    mail: MailSettings = setting(MailSettings(), "Mail.")
    monitor: MonitorSettings = setting(MonitorSettings(), "Monitoring.")
    theme: tuple[ThemeSettings, ...] = setting((), "Themes; none takes the built-in foreign-policy set.")
    brief: tuple[BriefSettings, ...] = setting((), "The configured briefs.")

    @property
    def out_folder(self) -> Path:
        """The output folder as a path."""
        return Path(self.out)

    @property
    def workspace_folder(self) -> Path:
        """The folder of the store as a path."""
        return Path(self.workspace) if self.workspace else self.out_folder / ".briefs"

    def digest(self, brief: BriefSettings) -> str:
        """SHA-256 of what decides the content of `brief`: not where it is written, nor with how many threads."""
        outside = ("out", "workspace", "packs", "brief", "fetch", "mail", "monitor")
        content = {k: v for k, v in encode(self).items() if k not in outside}
        free = ("threads", "memory", "glossary", "pins")
        content["translate"] = {k: v for k, v in encode(self.translate).items() if k not in free}
        content["render"] = {"template": brief.template or self.render.template}
        content["brief"] = {k: v for k, v in encode(brief).items() if k in ("name", "title", "themes", "period")}
        if self.translate.glossary and Path(self.translate.glossary).is_file():
            content["glossary"] = hashlib.sha256(Path(self.translate.glossary).read_bytes()).hexdigest()
        return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def themes_of(self, brief: BriefSettings) -> tuple[Theme, ...]:
        """The themes of `brief`, in its order."""
        known = {theme.id: theme for theme in self.theme or default_themes()}
        return tuple(known[id_].theme() for id_ in brief.themes or known)


def default_themes() -> tuple[ThemeSettings, ...]:
    """The theme set that is used where a config names none: foreign policy."""
    path = Path(__file__).parent.with_name("themes.toml")
    return tuple(build(ThemeSettings, entry, path.name) for entry in read_toml(path)["theme"])
