"""The documentation says what the code does."""

import ast
import inspect
import re
from pathlib import Path

import pytest
import typer.main
from config_page import TARGET, page

from briefs import registry
from briefs.cli import app
from briefs.errors import BriefError, ExitCode
from briefs.pipeline import STAGES
from briefs.registry import BUILTINS

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "training").glob("*.md")])


def test_configuration_page_is_current():
    assert TARGET.read_text(encoding="utf-8") == page(), "run: python tests/docs/config_page.py"


def test_exit_codes_page_lists_every_code():
    rows = re.findall(
        r"^\| (\d+) \| (\w+) \|", (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert rows == [(str(int(code)), code.name) for code in ExitCode]


def test_error_tree_is_drawn_as_it_is():
    drawn = re.findall(r"(\w+Error)\s+(\d+)", inspect.getmodule(BriefError).__doc__)

    def descendants(cls: type) -> list[type]:
        return [
            d for sub in cls.__subclasses__() if sub.__module__ == "briefs.errors" for d in (sub, *descendants(sub))
        ]

    codes = {cls.__name__: str(int(cls.exit_code)) for cls in descendants(BriefError)}
    for name, code in drawn:
        assert codes[name] == code
    for name in codes:
        assert name in inspect.getmodule(BriefError).__doc__


@pytest.mark.parametrize("seam", BUILTINS)
def test_every_seam_has_a_page_with_its_signature(seam):
    protocol = getattr(registry, seam.capitalize())
    methods = [name for name in vars(protocol) if not name.startswith("_")]
    assert len(methods) == 1, "a seam is one method"
    text = (ROOT / "docs" / "extending" / f"{seam}.md").read_text(encoding="utf-8")
    tree = ast.parse(inspect.getsource(registry))
    source = next(
        method
        for cls in tree.body
        if isinstance(cls, ast.ClassDef) and cls.name == protocol.__name__
        for method in cls.body
        if isinstance(method, ast.FunctionDef)
    )
    signature = f"def {source.name}({ast.unparse(source.args)}) -> {ast.unparse(source.returns)}"
    assert signature in text
    overview = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    for name in BUILTINS[seam]:
        assert f"`{name}`" in overview


def test_architecture_page_numbers_the_stages():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert re.findall(r"^\d+\. \*\*(\w+)\*\*", text, re.MULTILINE) == [stage.name for stage in STAGES]


def commands() -> set[str]:
    """Names of all commands, those of groups joined by a space."""
    out = set()
    for name, command in typer.main.get_command(app).commands.items():
        out |= {f"{name} {inner}" for inner in command.commands} if hasattr(command, "commands") else {name}
    return out


def test_readme_shows_every_command():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in commands():
        assert f"briefs {name}" in text, f"README does not show briefs {name}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_and_options_in_the_docs_exist(path):
    known = typer.main.get_command(app)
    text = path.read_text(encoding="utf-8")
    shown = re.findall(r"(?:^|[\s`/])briefs ([a-z]+(?: [a-z]+)?)((?: [^\n`]*)?)", "\n".join(_code(text)))
    for words, rest in shown:
        first = words.split()[0]
        assert first in known.commands, f"briefs {first}"
        command = known.commands[first]
        if hasattr(command, "commands"):
            command = command.commands[words.split()[1]]
        options = {name for parameter in command.params for name in parameter.opts}
        for option in re.findall(r"(?:^|\s)(--[a-z-]+|-[a-z])\b", rest):
            assert option in options, f"briefs {words}: {option}"


def _code(text: str) -> list[str]:
    """Code blocks and inline code."""
    return (
        re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
        + re.findall(r"^    (\S.*)$", text, re.MULTILINE)
        + re.findall(r"`([^`\n]+)`", text)
    )


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), target


def test_scripts_named_in_the_readme_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in set(re.findall(r"\bscripts/[a-z]+", text)):
        assert (ROOT / name).is_file()
