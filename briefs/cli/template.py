"""`briefs template`: the templates there are, and a copy of one to change."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from briefs.errors import ExitCode, UsageError

template_app = typer.Typer(no_args_is_help=True, help="Make a template of your own.", rich_markup_mode=None)

Folder = Annotated[
    Path | None, typer.Option("--template-dir", help="A folder of templates by name.", show_default=False)
]
# What there is to change, in the order in which people ask for it.
PARTS = {
    "brief.css": "colour, type and layout: begin with the variables at its top",
    "labels.toml": "every word that the program puts in a brief, in English, Japanese, French and German",
    "brief.html": "the page: what comes in which order",
    "parts.html": "a point, a source, a cited sentence",
    "figures.html": "the figures",
    "template.toml": "what it is for, and how much of a brief it shows",
}


@template_app.command("list")
def list_command(template_dir: Folder = None) -> int:
    """Print the templates that come with the program, and those of a folder."""
    from briefs.render.html import find_templates, templates_folder
    from briefs.render.limits import read_about

    for folder in filter(None, (template_dir, templates_folder())):
        for name in find_templates(folder):
            sys.stdout.write(f"{name:12} {read_about(folder / name).description}".rstrip() + "\n")
    return ExitCode.OK


@template_app.command("new")
def new_command(
    name: Annotated[str, typer.Argument(help="Name of the new template, and of its folder.", show_default=False)],
    source: Annotated[str, typer.Option("--from", help="The template to copy.")] = "policy",
    template_dir: Folder = None,
) -> int:
    """Copy a template into a new folder, here or in --template-dir, and say what to change and how to use it."""
    from briefs.config import nearest
    from briefs.config.check import is_name
    from briefs.render.html import find_templates, templates_folder

    shipped = templates_folder()
    if source not in find_templates(shipped):
        raise UsageError(f"no template {source!r}", hint=nearest(source, find_templates(shipped)))
    if not is_name(name):
        hint = "use lower case, digits and hyphens; --template-dir says in which folder"
        raise UsageError(f"{name!r} is not a name", hint=hint)
    if name in find_templates(shipped):
        raise UsageError(f"{name!r} is a template that comes with the program", hint="choose another name")
    copy = (template_dir or Path()) / name
    if copy.exists():
        raise UsageError(f"{copy} exists already", hint="choose another name, or move it away")
    try:
        shutil.copytree(shipped / source, copy, ignore=lambda *_: ["__pycache__"])
    except OSError as error:
        raise UsageError(f"{copy} cannot be written: {error}", hint="choose a folder that you may write in") from error
    sys.stdout.write(f"{copy}, a copy of {source}. What to change:\n")
    for part, what in PARTS.items():
        if (copy / part).exists():
            sys.stdout.write(f"  {copy / part}: {what}\n")
    where = f' and template_dir = "{template_dir}" in a briefs.toml' if template_dir else " in a briefs.toml beside it"
    sys.stdout.write(f'To use it, under [render]: template = "{name}"{where}\n')
    return ExitCode.OK
