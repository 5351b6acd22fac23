"""Write docs/configuration.md from the settings: python tests/docs/config_page.py"""

import dataclasses
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path

from briefs import config

TARGET = Path(__file__).parent.parent.parent / "docs" / "configuration.md"
HEAD = """# Configuration

Generated from `briefs/config/settings.py` by `python tests/docs/config_page.py`; a test keeps it true.

A `briefs.toml` is read with `-c`; `briefs run` reads the one in the current folder. Everything has a default. Relative
paths count from the file's own folder. An unknown key is an error that names the nearest known one.

```toml
out = "out"

[render]
formats = ["pdf", "html"]

[[brief]]
name = "asia"
title = "Asia brief"
sources = ["articles"]
themes = ["trade"]

[[theme]]
id = "trade"
title = "Trade"
keywords = { ja = ["貿易", "関税"], en = ["trade", "tariff"] }
```
"""


def type_name(annotation: object) -> str:
    """A type as a user of TOML would call it."""
    names = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    origin = typing.get_origin(annotation)
    if origin is tuple:
        inner = typing.get_args(annotation)[0]
        return "list of " + (f"tables `{inner.__name__}`" if dataclasses.is_dataclass(inner) else "texts")
    if origin is Mapping:
        return "table"
    return names[annotation]


def shown(value: object) -> str:
    """A default as TOML would write it."""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return "`[" + ", ".join(f'"{item}"' for item in value) + "]`"
    if isinstance(value, Mapping):
        return "`{}`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def table(cls: type, title: str) -> Iterator[str]:
    """A section for one table of the file, and for those within it."""
    hints = typing.get_type_hints(cls)
    yield f"\n## {title}\n\n{cls.__doc__}\n"
    yield "| key | type | default | |\n|---|---|---|---|"
    inner = []
    for field in dataclasses.fields(cls):
        if field.metadata.get("secret"):
            continue
        annotation = hints[field.name]
        if dataclasses.is_dataclass(annotation):
            inner.append((annotation, f"`[{field.name}]`"))
            continue
        arguments = typing.get_args(annotation)
        if arguments and dataclasses.is_dataclass(arguments[0]):
            inner.append((arguments[0], f"`[[{field.name}]]`"))
            continue
        default = field.default if field.default is not dataclasses.MISSING else field.default_factory()
        doc = field.metadata["doc"].replace("|", "\\|")
        yield f"| `{field.name}` | {type_name(annotation)} | {shown(default)} | {doc} |"
    for annotation, name in inner:
        yield from table(annotation, name)


def page() -> str:
    """The whole page."""
    lines = [HEAD, *table(config.Settings, "Top level"), "\n## Environment\n", "| variable | |\n|---|---|"]
    lines += [f"| `{name}` | {doc} |" for name, (_, doc) in config.ENVIRONMENT.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
