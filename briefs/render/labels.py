"""The program's own words, read from a template's labels.toml, in the language of the brief."""

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from briefs.errors import TemplateError


class Labels:
    """The words of one language; `words` is what templates see as `label`."""

    def __init__(self, words: Mapping[str, Any], language: str) -> None:
        self.words = words
        self.language = language

    def text(self, key: str, **values: object) -> str:
        """The label `key` with its places filled; TemplateError if it is missing or has a place for something else."""
        return self._fill(self.words, key, values)

    def texts(self, key: str) -> list[str]:
        """The paragraphs of the label `key`."""
        return [str(item) for item in self._get(self.words, key)]

    def count(self, key: str, number: int) -> str:
        """`number` of something, in words that agree with it."""
        forms = self._get(self.words["plural"], key)
        return str(forms[0 if number == 1 else -1]).format(n=_grouped(number))

    def figure(self, key: str, **values: object) -> str:
        """The words `key` of the figures with their places filled."""
        return self._fill(self.words["figures"], key, values)

    def counted(self, key: str) -> str | None:
        """What the figure `key` of the method page counts, None if labels.toml does not say."""
        label: str | None = self.words["counts"].get(key)
        return label

    def language_name(self, code: str) -> str:
        """The name of a language, or its code if labels.toml does not know it."""
        names = self.words["languages"]
        return str(names.get(code) or names.get(code.partition("-")[0]) or code)

    def day(self, day: date) -> str:
        """A date in words."""
        month = self._get(self.words, "months")[day.month - 1]
        return self.text("date", day=day.day, month=month, year=day.year, number=day.month)

    def flag_kind(self, code: str) -> str:
        """What a flag of that code is about, or the code if labels.toml does not know it."""
        return str(self.words["flags"].get(code, code))

    def short_day(self, day: date, key: str = "short_date") -> str:
        """A date, or a tick on an axis of dates, in as few letters as can be."""
        month = self._get(self.words, "months")[day.month - 1]
        return self.figure(key, day=day.day, month=month, year=day.year, number=day.month)

    def _get(self, table: Mapping[str, Any], key: str) -> Any:
        if key not in table:
            raise TemplateError(f"labels.toml: [{self.language}] has no {key!r}", hint="copy it from templates/policy")
        return table[key]

    def _fill(self, table: Mapping[str, Any], key: str, values: Mapping[str, object]) -> str:
        try:
            return str(self._get(table, key)).format(**values)
        except (KeyError, IndexError, ValueError) as error:
            message = f"labels.toml: [{self.language}] {key!r} has a place that cannot be filled: {error}"
            raise TemplateError(message, hint=f"known places: {', '.join(values) or 'none'}") from error


def load_labels(folders: list[Path], target: str) -> Labels:
    """Read the words for `target` (English if there are none) from the labels.toml of `folders`; earlier ones win."""
    tables = [_read(folder / "labels.toml") for folder in reversed(folders)]
    base = target.partition("-")[0]
    language = base if any(base in table for table in tables) else "en"
    words: dict[str, Any] = {}
    for table in tables:
        for key, value in table.get(language, {}).items():
            words[key] = {**words.get(key, {}), **value} if isinstance(value, dict) else value
    return Labels(words, language)


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TemplateError(f"{path}: {error}", hint="the file must be TOML: compare with templates/policy") from error


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f") if number >= 10_000 else str(number)
