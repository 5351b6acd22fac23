"""Dataclasses from parsed TOML: the field that documents itself, the checks of types and ranges, errors that say where."""

import dataclasses
import difflib
import tomllib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from briefs.errors import ConfigError


def setting(
    default: Any, doc: str, *, least: float | None = None, most: float | None = None, secret: bool = False
) -> Any:
    """A dataclass field with its default, the sentence that documents it, and the least and most that it may be.

    A `secret` comes from the environment only, and is left out of every printed form.
    """
    metadata = {"doc": doc, "least": least, "most": most, "secret": secret}
    if isinstance(default, (dict, list)) or dataclasses.is_dataclass(default):
        return dataclasses.field(default_factory=lambda: default, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata, repr=not secret)


def build(annotation: Any, data: Any, where: str) -> Any:
    """`data` as `annotation`, checked; `where` says in which file and table an error is."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if dataclasses.is_dataclass(annotation):
        hints = typing.get_type_hints(annotation)
        for key in _typed(data, dict, where):
            if key not in hints:
                raise ConfigError(f"{where}: unknown key {key!r}", hint=nearest(key, hints))
        built = {key: build(hints[key], value, _join(where, key)) for key, value in data.items()}
        for field in dataclasses.fields(annotation):
            if field.name in built:
                if field.metadata.get("secret"):
                    raise ConfigError(
                        f"{_join(where, field.name)}: a secret does not belong in this file",
                        hint="put it in the environment, a file or the keyring: see docs/operations.md",
                    )
                _check_range(built[field.name], field.metadata, _join(where, field.name))
        return annotation(**built)  # type: ignore[operator]
    if origin is tuple:
        return tuple(build(arguments[0], item, f"{where}[{i}]") for i, item in enumerate(_typed(data, list, where)))
    if origin is Mapping:
        return {key: build(arguments[1], item, _join(where, key)) for key, item in _typed(data, dict, where).items()}
    if annotation is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    return _typed(data, annotation, where)


def _check_range(value: Any, metadata: Mapping[str, Any], where: str) -> None:
    least, most = metadata.get("least"), metadata.get("most")
    if least is not None and not value >= least:  # also true of nan
        raise ConfigError(f"{where}: {value} is too small", hint=f"the least is {least:g}")
    if most is not None and not value <= most:
        raise ConfigError(f"{where}: {value} is too large", hint=f"the most is {most:g}")


def _join(where: str, key: str) -> str:
    return f"{where}.{key}" if ": " in where else f"{where}: {key}"


def _typed(data: Any, kind: type | types.UnionType, where: str) -> Any:
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        names = {
            dict: "a table",
            list: "a list",
            str: "text",
            int: "a whole number",
            float: "a number",
            bool: "true or false",
        }
        wanted = names.get(kind, str(kind)) if isinstance(kind, type) else str(kind)
        raise ConfigError(f"{where}: expected {wanted}, got {data!r}", hint="see docs/configuration.md")
    return data


def nearest(word: str, known: typing.Iterable[str]) -> str:
    """A hint that names the known word most like `word`, or lists them all."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file; ConfigError if it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such file", hint="name a file that exists with -c, or leave -c out") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error})", hint="the file must be readable UTF-8 text") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: {error}", hint="the file must be TOML: see docs/configuration.md") from error
