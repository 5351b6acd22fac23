"""The shape of the package, enforced: imports go down, each library has one owner, budgets hold, importing does nothing."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "briefs"
# From the bottom up: a module imports only modules above it in this list.
ORDER = (
    "errors", "worker", "brief", "config", "registry", "segment", "fidelity", "packs", "workspace", "ingest", "clean", "detect",
    "translate", "extract", "news", "render", "deliver", "schedule", "pipeline", "verify", "edition", "monitor", "cli", "__main__",
)  # fmt: skip
OWNERS = {
    "argostranslate": {"packs"},
    "ctranslate2": {"translate"},
    "sentencepiece": {"translate"},
    "sqlite3": {"workspace"},
    "langdetect": {"detect"},
    "sentencex": {"segment"},
    "numpy": {"extract"},
    "cronsim": {"schedule"},
    "tzlocal": {"schedule"},
    "jinja2": {"render"},
    "pydyf": {"render"},
    "weasyprint": {"render", "cli"},  # cli: doctor asks whether it loads
    "trafilatura": {"clean"},
    "docx": {"ingest"},
    "pypdfium2": {"ingest", "render"},
    "httpx": {"ingest"},  # monitor: the ping after a run
    "httpcore": {"ingest"},
    "feedparser": {"ingest"},
    "smtplib": {"deliver"},
    "email": {"deliver", "ingest"},  # ingest: saved mail is a source
    "idna": {"deliver"},
    "keyring": {"deliver"},
    "importlib.metadata": {"registry", "pipeline"},  # pipeline: versions for the method page
    "typer": {"cli"},
    "rich": {"cli"},
    "minisbd": set(),
    "stanza": set(),
    "torch": set(),
}
MODULE_LINES, FUNCTION_LINES, PARAMETERS = 400, 60, 5
FILES = sorted(PACKAGE.rglob("*.py"))


def owner(path: Path) -> str:
    """The module of the design that a file belongs to."""
    part = path.relative_to(PACKAGE).parts[0]
    return part.removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Imported names and whether they are imported when the file is."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    late = {
        id(node) for function in ast.walk(tree) if isinstance(function, ast.FunctionDef) for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, id(node) not in late
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, id(node) not in late
            for alias in node.names:
                yield f"{node.module}.{alias.name}", id(node) not in late


def test_every_module_is_in_the_import_table():
    modules = {owner(path) for path in FILES} - {"__init__"}
    assert modules == set(ORDER)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_only(path):
    own = owner(path)
    if own == "__init__":
        assert not [name for name, _ in imports(path) if name.startswith("briefs")]
        return
    for name, _ in imports(path):
        if name.startswith("briefs."):
            other = name.split(".")[1]
            if other == "__version__":
                continue
            assert other == own or ORDER.index(other) < ORDER.index(own), f"{own} must not import {other}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_library_has_one_owner(path):
    for name, _ in imports(path):
        for library, owners in OWNERS.items():
            if name == library or name.startswith(library + "."):
                assert owner(path) in owners, f"{library} belongs to {owners}"


def test_agpl_code_behind_argos_translate_is_never_imported():
    for path in FILES:
        for name, _ in imports(path):
            assert not name.startswith(("argostranslate.translate", "argostranslate.sbd"))


def test_only_config_reads_the_environment_and_only_cli_prints_or_exits():
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            name = ast.unparse(node) if isinstance(node, (ast.Attribute, ast.Name)) else ""
            if name in ("os.environ", "os.getenv", "environ"):
                assert owner(path) == "config", f"{path}: {name}"
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "print",
                "sys.exit",
                "exit",
                "quit",
                "os._exit",
            ):
                assert owner(path) == "cli", f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_budgets(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MODULE_LINES
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module says what it owns"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno + 1 <= FUNCTION_LINES, f"{node.name} is too long"
            if owner(path) != "cli":  # Typer: one parameter an option
                positional = [a for a in node.args.posonlyargs + node.args.args if a.arg not in ("self", "cls")]
                assert len(positional) + len(node.args.kwonlyargs) <= PARAMETERS + 1, (
                    f"{node.name} has too many parameters"
                )
                assert len(positional) <= PARAMETERS, f"{node.name} has too many parameters"


def test_importing_has_no_effects(tmp_path):
    """No folder made, no heavy library loaded, nothing printed, no handler or thread left, environment untouched."""
    names = [f"briefs.{name}" for name in ORDER if name != "__main__"]
    code = f"""
import importlib, logging, os, sys, threading
before = dict(os.environ)
for name in {names!r}:
    importlib.import_module(name)
assert dict(os.environ) == before
assert threading.active_count() == 1
assert not logging.getLogger().handlers and not logging.getLogger("briefs").handlers
heavy = [m for m in ("argostranslate", "ctranslate2", "sentencepiece", "weasyprint", "trafilatura", "docx", "pypdfium2",
                     "langdetect", "sqlite3", "jinja2", "torch", "minisbd", "lxml") if m in sys.modules and m != "sqlite3"]
assert not heavy, heavy
"""
    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={"HOME": str(tmp_path), "PATH": ""},
        cwd=tmp_path,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_loads_nothing_heavy():
    """`briefs --help` must stay quick: the pipeline is not imported for it."""
    heavy = "'briefs.pipeline', 'numpy', 'rich.progress', 'briefs.ingest'"
    code = f"import sys, briefs.cli; print([m for m in ({heavy}) if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
