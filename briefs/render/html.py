"""Briefs as HTML, by Jinja2 templates: sandboxed, always escaped, an undefined name is an error with file and line."""

import functools
import html
import re
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from briefs.brief import Brief
from briefs.config import nearest
from briefs.errors import ConfigError, TemplateError
from briefs.registry import Template
from briefs.render.labels import load_labels
from briefs.render.limits import limit_view, read_about
from briefs.render.page import View
from briefs.render.view import build_view

if TYPE_CHECKING:
    from jinja2 import Environment

POLICY = "policy"
PAGE = "brief.html"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_VARIABLE = re.compile(r"--([\w-]+)\s*:\s*([^;}]+)")


class FolderTemplate:
    """A folder with `brief.html`, and `brief.css` and `labels.toml` where they differ from those of `policy`.

    `template.toml` says what it is, and how much of a brief it shows if it is a short one.
    """

    def __init__(self, folder_or_name: str = POLICY, *, folder: str = "") -> None:
        """`folder_or_name` is a folder, or the name of a template in `folder` or of one that comes with the program."""
        self.folder = find_template(folder_or_name, folder=folder)
        self.about = read_about(self.folder)

    def view(self, brief: Brief) -> View:
        """Return what the template shows of `brief`."""
        labels = load_labels([self.folder, templates_folder() / POLICY], brief.target)
        return limit_view(build_view(brief, labels), self.about.limits, labels)

    def html(self, brief: Brief) -> str:
        """Return the whole document; TemplateError names the file and line that cannot be filled."""
        import jinja2
        from markupsafe import Markup

        view = self.view(brief)
        environment = load_environment(self.folder)
        try:
            # A style sheet is part of the template, not of the articles: it is trusted, and escaping would break it.
            css = Markup(_style_sheet(environment))  # noqa: S704
            page = environment.get_template(PAGE)
            return page.render(view=view, label=view.label, css=css, style=style_variables(css))
        except (jinja2.TemplateError, TypeError, ValueError, LookupError, ArithmeticError, UnicodeError) as error:
            raise TemplateError(_place(error, self.folder), hint="correct the template, or use `policy`") from error


class NullTemplate:
    """The least that is a document: the title and the texts of the points."""

    def html(self, brief: Brief) -> str:
        """Return the whole document, with nothing outside it to fetch."""
        view = plain_view(brief)
        points = "".join(f"<p>{html.escape(text)}</p>" for text in view.texts)
        title = html.escape(view.title)
        head = f'<meta charset="utf-8"><title>{title}</title>'
        body = f"<h1>{title}</h1>{points}"
        return f'<!DOCTYPE html><html lang="{html.escape(view.lang)}"><head>{head}</head><body>{body}</body></html>'


def plain_view(brief: Brief) -> View:
    """The brief as the shipped template sees it."""
    return build_view(brief, load_labels([templates_folder() / POLICY], brief.target))


def templates_folder() -> Path:
    """The folder of shipped templates: in the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "templates"
    return inside if inside.is_dir() else package.parent / "templates"


def shown_view(template: Template, brief: Brief) -> View:
    """What a document of `template` has to contain: a folder of templates says so itself, any other shows all."""
    return template.view(brief) if isinstance(template, FolderTemplate) else plain_view(brief)


def find_templates(folder: Path) -> list[str]:
    """The names of the templates in `folder`."""
    return sorted(path.parent.name for path in folder.glob(f"*/{PAGE}"))


def find_template(folder_or_name: str, *, folder: str = "") -> Path:
    """The folder of a template, by its own path or by name, in `folder` first; ConfigError if there is none."""
    named = [Path(folder)] if folder else []
    for parent in (*named, templates_folder()):
        if folder_or_name in find_templates(parent):
            return parent / folder_or_name
    found = Path(folder_or_name)
    if not (found / PAGE).is_file():
        known = [name for parent in (*named, templates_folder()) for name in find_templates(parent)]
        message = f"no template {folder_or_name!r}: {found / PAGE} does not exist"
        raise ConfigError(message, hint=nearest(folder_or_name, known))
    return found


@functools.cache
def load_environment(folder: Path) -> "Environment":
    """A Jinja2 environment that sees `folder`, then what `policy` has, and other shipped templates as `name/file`."""
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    shipped = templates_folder()
    return ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader([folder, shipped / POLICY, shipped]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def style_variables(css: str) -> dict[str, str]:
    """The custom properties of the first `:root` of a style sheet, for drawings: WeasyPrint styles them by attributes."""
    root = re.search(r":root\s*\{(.*?)\}", _COMMENT.sub("", css), re.DOTALL)
    return {name: " ".join(value.split()) for name, value in _VARIABLE.findall(root[1] if root else "")}


def _style_sheet(environment: "Environment") -> str:
    loader = environment.loader
    return loader.get_source(environment, "brief.css")[0] if loader else ""


def _place(error: Exception, folder: Path) -> str:
    """File, line and message of an error in a template; Jinja2 puts template lines in the traceback."""
    import jinja2

    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"{error.filename or error.name}:{error.lineno}: {error.message}"
    if isinstance(error, jinja2.TemplateNotFound):
        return f"{folder}: needs {error.name}, which does not exist"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.endswith(".py")]
    where = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else str(folder / PAGE)
    return f"{where}: {error}"
