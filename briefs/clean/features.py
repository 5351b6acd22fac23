"""What the line tagger sees of a page: for each line, the names of the features that hold."""

import bisect
import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from briefs.clean.lexicon import CLASSES, MARKERS, POLITE, PROSE_END, STOCK

_LENGTHS = (2, 4, 7, 11, 16, 24, 36, 52, 80, 130, 220)
_DISTANCES = (0, 1, 2, 3, 5, 9, 16)
_WORDS = re.compile(r"[一-鿿々]{2,}|[ァ-ヴー]{3,}|[a-z]{4,}")
_FURNITURE = {"share", "login", "copyright", "related", "ranking", "ad", "comment", "policy", "counter"}
PROSE_LENGTH = 34
EDGE = 40  # characters
HEADLINE_LENGTHS = range(9, 90)


class Look:
    """What a line's text says by itself; pages of one site share most of their furniture, so looks are kept."""

    __slots__ = ("classes", "key", "length", "own", "prose", "sentences", "words")

    def __init__(self, text: str) -> None:
        """`text` is a line without the white space around it."""
        folded = unicodedata.normalize("NFKC", text).strip()
        self.key = re.sub(r"\W+", "", folded.lower())
        wide = sum(1 for c in folded if ord(c) > 0x2E80)
        # A Latin letter says less than a Japanese character: measured on parallel text, about 2.4 to 1.
        self.length = wide + (len(folded) - wide) / 2.4
        # Furniture speaks at the ends of a line; the middle of a long paragraph only costs time.
        ends = folded if len(folded) <= 2 * EDGE else f"{folded[:EDGE]} {folded[-EDGE:]}"
        self.classes = [name for name, pattern in CLASSES.items() if pattern.search(ends)]
        if STOCK(folded):
            self.classes.append("stock")
        self.sentences = len(re.findall(r"[。!?!?](?=[^」』))]|$)|\.(?=\s|$)", folded))
        self.prose = (bool(PROSE_END.search(folded[-EDGE:])) or self.sentences > 1) and self.length >= PROSE_LENGTH
        self.words = frozenset(_WORDS.findall(folded.lower()))
        self.own = _own(text, self)


class Line:
    """One line that is not blank, and what is true of it by itself."""

    __slots__ = (
        "blank_before",
        "classes",
        "indented",
        "key",
        "length",
        "look",
        "position",
        "prose",
        "sentences",
        "text",
        "words",
    )

    def __init__(self, text: str, position: int, blank_before: bool) -> None:
        """`position` is the line's index in the page, blank lines counted."""
        self.text = text.strip()
        self.position = position
        self.blank_before = blank_before
        self.indented = text[:1] in (" ", "\u3000", "\t")
        look = self.look = look_at(self.text)
        self.classes, self.key, self.length = look.classes, look.key, look.length
        self.prose, self.sentences, self.words = look.prose, look.sentences, look.words


@functools.lru_cache(maxsize=16384)
def look_at(text: str) -> Look:
    """The look of a line's text."""
    return Look(text)


def read_lines(text: str) -> list[Line]:
    """The lines of a page that are not blank."""
    lines, blank = [], True
    for position, raw in enumerate(text.split("\n")):
        if raw.strip():
            lines.append(Line(raw, position, blank))
            blank = False
        else:
            blank = True
    return lines


def page_features(lines: Sequence[Line]) -> list[list[str]]:
    """The names of the features of each line, in page order."""
    if not lines:
        return []
    page = _Page(lines)
    return [line.look.own + _around(page, i) + _in_page(page, i) for i, line in enumerate(lines)]


class _Page:
    """What is counted once a page."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.keys = Counter(line.key for line in lines)
        self.prose = [i for i, line in enumerate(lines) if line.prose]
        self.common = Counter(word for line in lines if line.prose for word in line.words)
        self.indented = sum(lines[i].indented for i in self.prose) > len(self.prose) / 2
        self.polite = sum(bool(POLITE.search(lines[i].text)) for i in self.prose) > len(self.prose) / 3
        self.spaced = sum(lines[i].blank_before for i in self.prose) > len(self.prose) / 2
        self.marker = self._markers()
        total, self.mass = 0.0, [0.0]
        for line in lines:
            total += line.length if line.prose else 0
            self.mass.append(total)
        self.prefixes = sorted(line.key for line in lines if len(line.key) >= 8)
        self.headings = self._headline_evidence()

    def run(self, i: int) -> tuple[int, int]:
        """First and last line of the run of bullets that line i is in."""
        first = last = i
        while first and "bullet" in self.lines[first - 1].classes:
            first -= 1
        while last + 1 < len(self.lines) and "bullet" in self.lines[last + 1].classes:
            last += 1
        return first, last

    def _markers(self) -> list[tuple[str, int]]:
        """For each line, the last section marker above it and how many lines ago; prose ends its reach."""
        current, since, out = "none", 0, []
        for line in self.lines:
            out.append((current, since))
            since += 1
            if line.prose and "request" not in line.classes:
                current, since = "none", 0
            if line.length < 24:
                for name in MARKERS:
                    if name in line.classes:
                        current, since = name, 0
                        break
        return out

    def _headline_evidence(self) -> set[int]:
        """Lines that could be the headline: of its length, and sharing words with the prose below."""
        out = set()
        for i, line in enumerate(self.lines):
            if int(line.length) in HEADLINE_LENGTHS and not line.prose and len(line.words & set(self.common)) >= 2:
                out.add(i)
        return out

    def truncated_copy(self, i: int) -> bool:
        """Is line i the beginning of another line, cut short, or is another line cut short from it?"""
        key = self.lines[i].key
        if len(key) < 8:
            return False
        at = bisect.bisect_right(self.prefixes, key)
        after = at < len(self.prefixes) and self.prefixes[at].startswith(key)
        before = bisect.bisect_left(self.prefixes, key) - 1
        return after or (before >= 0 and key.startswith(self.prefixes[before]))


def _bucket(value: float, steps: Sequence[float]) -> int:
    return bisect.bisect_right(steps, value)


def _own(text: str, line: Look) -> list[str]:
    """Features of the line by itself."""
    names = [f"len={_bucket(line.length, _LENGTHS)}", f"end={_end_class(text)}", f"sents={min(line.sentences, 3)}"]
    names += [f"is:{name}" for name in line.classes]
    short = "short" if line.length < 16 else "mid" if line.length < PROSE_LENGTH else "long"
    names += [f"{short}:{name}" for name in line.classes]
    names += ["prose"] if line.prose else [f"{short}:plain"] if not line.classes else []
    names += [f"head={text[:2]}", f"tail={text[-2:]}", f"tail3={text[-3:]}"]
    head = text[:EDGE]
    letters = Counter(map(_script, head))
    for script, steps in (
        ("hira", (0.05, 0.25, 0.45)),
        ("kata", (0.1, 0.4)),
        ("latin", (0.05, 0.3, 0.8)),
        ("digit", (0.1, 0.4)),
    ):
        names.append(f"{script}={_bucket(letters[script] / max(1, len(head)), steps)}")
    if "、" in text or ", " in text:
        names.append("comma")
    return names


def _around(page: _Page, i: int) -> list[str]:
    """Features of the neighbours."""
    names = []
    for offset in (-2, -1, 1, 2):
        j = i + offset
        if not 0 <= j < len(page.lines):
            names.append(f"{offset}:edge")
            continue
        other = page.lines[j]
        names.append(f"{offset}:{'prose' if other.prose else f'len={_bucket(other.length, (7, 16, 34))}'}")
        if abs(offset) == 1:
            names += [f"{offset}:is:{name}" for name in other.classes]
    before = bisect.bisect_left(page.prose, i)
    after = bisect.bisect_right(page.prose, i)
    up = i - page.prose[before - 1] if before else 99
    down = page.prose[after] - i if after < len(page.prose) else 99
    names += [
        f"up={_bucket(up, _DISTANCES)}",
        f"down={_bucket(down, _DISTANCES)}",
        f"gap={_bucket(min(up, down), _DISTANCES)}",
    ]
    line = page.lines[i]
    kind = (
        "prose"
        if line.prose
        else "stock"
        if "stock" in line.classes
        else "bullet"
        if "bullet" in line.classes
        else "short"
    )
    above, below = i - up if up < 99 else -1, i + down if down < 99 else -1
    names.append(f"{kind}:between={min(up, 3)}:{min(down, 3)}")
    if kind == "bullet":
        first, last = page.run(i)
        names.append(f"run={min(last - first, 3)}:{above == first - 1}:{below == last + 1}")
    if above >= 0 and below >= 0 and not line.prose:
        stretch = page.lines[above + 1 : below]
        furniture = sum(1 for other in stretch if "stock" in other.classes or set(other.classes) & _FURNITURE)
        names.append(
            f"stretch={_bucket(len(stretch), (2, 4, 8))}:{_bucket(furniture / len(stretch), (0.01, 0.3, 0.6))}"
        )
    window = page.lines[max(0, i - 4) : i + 5]
    names.append(f"near={round(8 * sum(line.prose for line in window) / len(window))}")
    return names


def _in_page(page: _Page, i: int) -> list[str]:
    """Features of the line's place in the page."""
    line, names = page.lines[i], []
    marker, since = page.marker[i]
    names.append(f"under={marker}")
    names.append(
        f"under={marker}:{_bucket(since, (1, 3, 8))}:{'prose' if line.prose else _bucket(line.length, (16, 34))}"
    )
    if page.keys[line.key] > 1 and line.key:
        names.append("copy" if line.length >= 9 else "shortcopy")
    if page.truncated_copy(i):
        names.append("truncated-copy")
    mass = page.mass[i] / max(1.0, page.mass[-1])
    names.append(f"mass={_bucket(mass, (0.001, 0.1, 0.5, 0.9, 0.999))}")
    names.append(f"at={min(i, 3)}" if i < 4 else f"from-end={_bucket(len(page.lines) - i, (3, 8, 20))}")
    if line.prose or line.length >= 16:
        others = sum(1 for word in line.words if page.common[word] > (1 if line.prose else 0))
        names.append(f"topic={_bucket(others / max(1, len(line.words)), (0.01, 0.2, 0.4, 0.6))}")
    if line.prose:
        names.append(f"indent-fits={line.indented == page.indented}")
        names.append(f"polite-fits={bool(POLITE.search(line.text)) == page.polite}")
    if i in page.headings:
        names.append("headline-like")
        names.append(
            f"headline-like:mass={_bucket(mass, (0.001, 0.1))}:rank={sum(h < i for h in page.headings) if mass < 0.001 else 9}"
        )
    names.append(f"blank={line.blank_before}:{page.spaced}")
    return names


def _end_class(text: str) -> str:
    last = text[-1:]
    if last in "。.":
        return "stop"
    if last in '」』”"':
        return "quote"
    if last in "))】]":
        return "paren"
    if last in "!?!?…":
        return "mark"
    if last.isdigit():
        return "digit"
    return "hira" if "ぁ" <= last <= "ん" else "kanji" if "一" <= last <= "鿿" else "other"


@functools.lru_cache(maxsize=8192)
def _script(c: str) -> str:
    if "ぁ" <= c <= "ん":
        return "hira"
    if "ァ" <= c <= "ヿ":
        return "kata"
    if "一" <= c <= "鿿":
        return "kanji"
    if c.isdigit():
        return "digit"
    return "latin" if c.isascii() and c.isalpha() else "other"
