"""robots.txt by RFC 9309: the longest matching rule of the groups for us wins; `*` and `$` are understood."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

MOST_BYTES = 512 * 1024
_MOST_RULES = 1000
_LONGEST_DELAY = 30.0
_DELAY = re.compile(r"\d{1,6}(\.\d{1,6})?").fullmatch


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules for one robot: paths with whether they are allowed, and the seconds that it is asked to wait."""

    rules: tuple[tuple[str, bool], ...] = ()
    delay: float = 0.0

    def allows(self, url: str) -> bool:
        """May the address be fetched?"""
        parts = urlsplit(url)
        path = _normal((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        matching = ((len(pattern), allowed) for pattern, allowed in self.rules if _matches(pattern, path))
        # Of two rules equally long, the one that allows.
        return max(matching, default=(0, True))[1]


def read_robots(text: str, robot: str) -> Robots:
    """The rules of a robots.txt for a robot named `robot`: those of its own groups, or else of the groups for all."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for names, lines in _groups(text):
        for name in {robot.lower(), "*"}.intersection(names):
            groups.setdefault(name, []).extend(lines)
    chosen = groups.get(robot.lower(), groups.get("*", []))
    paths = [(key, value) for key, value in chosen if key != "crawl-delay" and value]
    rules = tuple((_normal(path), kind == "allow") for kind, path in paths[:_MOST_RULES])
    delays = [float(value) for key, value in chosen if key == "crawl-delay" and _DELAY(value)]
    return Robots(rules, min(max(delays, default=0.0), _LONGEST_DELAY))


def _groups(text: str) -> Iterator[tuple[Sequence[str], Sequence[tuple[str, str]]]]:
    """Names of robots and the rules that follow them."""
    names: list[str] = []
    rules: list[tuple[str, str]] = []
    for line in text.removeprefix("\ufeff").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if colon and key == "user-agent":
            if rules:
                yield names, rules
                names, rules = [], []
            # A version behind the name is not part of it.
            names.append(value.split("/")[0].strip().lower())
        elif colon and key in ("allow", "disallow", "crawl-delay") and names:
            rules.append((key, value))
    if names:
        yield names, rules


def _normal(path: str) -> str:
    """Percent-encoding as in addresses, so that rule and address compare by character."""
    encoded = quote(path, safe="/%?&=+,;:@!~*'()$#[]-._")
    return re.sub(r"%[0-9a-f]{2}", lambda match: match[0].upper(), encoded, flags=re.IGNORECASE)


def _matches(pattern: str, path: str) -> bool:
    """Whether a rule fits a path. Parts are sought one after the other: no backtracking, whatever the rule."""
    anchored = pattern.endswith("$")
    first, *rest = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    position = len(first)
    if not rest:
        return not anchored or position == len(path)
    for part in rest[:-1] if anchored else rest:
        found = path.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    return not anchored or (path.endswith(rest[-1]) and len(path) - len(rest[-1]) >= position)
