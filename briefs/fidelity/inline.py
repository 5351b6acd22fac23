"""Entities written in English inside the source, in the forms that packs are trained on.

A pack's metadata lists the kinds that it wants. The words of form 1 (`numbers`, `dates`, `names`) stand for amounts with
magnitude units, dates and era years, and all names. Form 2 names kinds one by one: those of `briefs.fidelity.Figure`
and those of the gazetteer. KINDS are the ones of which good English keeps the written form in at least 85 of 100 cases;
training/RESULTS.md has the table.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from briefs.fidelity.figures import Figure
from briefs.fidelity.gazetteer import Gazetteer, fold, load_gazetteer
from briefs.fidelity.numerals import NUMBER, number_value
from briefs.fidelity.quantities import find_quantities
from briefs.fidelity.render import render_number
from briefs.fidelity.source import find_source

FORM_1 = ("numbers", "dates", "names")
KINDS = ("amount", "count", "currency", "percent", "date", "year", "time", "weekday", "person", "place")
# Places that English as often puts as an adjective, or abbreviates: the pack decides.
PLAIN_PLACES = frozenset(
    "中国 米国 ロシア 日本 欧州 ウクライナ インド 韓国 ドイツ 英国 北朝鮮 イラン フランス イスラエル "
    "ポーランド アフリカ トルコ 豪州 ソ連 アジア フィリピン パキスタン ハンガリー カナダ ブラジル イタリア "
    "ベトナム フィンランド オランダ デンマーク エジプト アメリカ 太平洋 スウェーデン サウジ シリア スペイン "
    "インドネシア ノルウェー タイ ギリシャ ベネズエラ イラク スイス カンボジア アルメニア メキシコ ベラルーシ "
    "カタール アゼルバイジャン リトアニア バルト海 アフガニスタン マレーシア 中央アジア オーストラリア "
    "ルワンダ ケニア 大西洋 東南アジア 旧ソ連 キューバ ベルギー スロバキア".split()
)
_PLAIN = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " "})
_JOIN = r"(?:[〜~～–—\-]|ないし)"
_NUMERAL = re.compile(rf"(?P<low>{NUMBER})(?:[^\d〜~～–—\-]{{0,5}}{_JOIN}(?P<high>{NUMBER}))?")
_BEFORE = re.compile(r"(?:約|およそ|おおよそ|ほぼ|最大で|最大|少なくとも|最低|計|合計)\s*")
_AFTER = re.compile(r"(?:以上|超|以下|未満|弱|強|余り|あまり|余|近く|足らず|程度|ほど|前後)$")
_HEDGES = re.compile(r"^(?:about|almost|up to|at least|more than|just under|just over|nearly|less than) ")


class Entity(NamedTuple):
    """A quantity or name at `text[start:end]` of the normalised source, and its English."""

    start: int
    end: int
    english: str
    kind: str


def normalise_source(text: str) -> str:
    """NFKC, ideographic space to space, runs of space to one: what a pack's source looks like."""
    return fold(text)


def normalise_english(text: str) -> str:
    """Straight quotes and plain dashes, NFKC, runs of space to one."""
    return fold(text.translate(_PLAIN))


def find_entities(text: str, gazetteer: Gazetteer, kinds: Collection[str]) -> list[Entity]:
    """The entities of the wanted kinds in a normalised source, in order.

    In form 2 they do not overlap: names of the user's own win, whatever their kind, then the longest, then names over
    quantities.
    """
    wanted = {kind for kind in ("amount", "date", "year") if ("numbers" if kind == "amount" else "dates") in kinds}
    found = [Entity(*quantity) for quantity in find_quantities(text) if quantity.kind in wanted] if wanted else []
    if "names" in kinds:
        found += [Entity(*name) for name in gazetteer.find(text)]
    if set(kinds) - set(FORM_1):
        found += _form_2(text, gazetteer, set(kinds))
    return sorted(found)


def apply_inline(text: str, entities: Iterable[Entity]) -> str:
    """The text with the entities replaced by their English, set off by spaces; of two that overlap the first stays."""
    pieces, last = [], 0
    for entity in sorted(entities):
        if entity.start < last:
            continue
        pieces += [text[last : entity.start], " ", entity.english, " "]
        last = entity.end
    return re.sub(r" +", " ", "".join(pieces) + text[last:]).strip()


def _form_2(text: str, gazetteer: Gazetteer, kinds: set[str]) -> list[Entity]:
    names = [Entity(*name) for name in gazetteer.find(text)]
    built_in = load_gazetteer()
    known = set(names) if gazetteer is built_in else {Entity(*name) for name in built_in.find(text)}
    own = [name for name in names if name not in known]
    other = [
        name
        for name in names
        if name in known and name.kind in kinds and text[name.start : name.end] not in PLAIN_PLACES
    ]
    quantities = [entity for figure in find_source(text) if figure.kind in kinds for entity in _written(figure, text)]
    chosen: list[Entity] = []
    for group in (own, sorted(other + quantities, key=lambda e: (e.start - e.end, e in quantities))):
        for entity in group:
            if not any(entity.start < taken.end and taken.start < entity.end for taken in chosen):
                chosen.append(entity)
    return chosen


def _written(figure: Figure, text: str) -> Iterator[Entity]:
    """The figure as it is written into the source: hedges and counters stay Japanese, for the pack to translate."""
    start, end = _without_hedges(figure)
    english = _HEDGES.sub("", figure.english) if (start, end) != (figure.start, figure.end) else figure.english
    kind, whole = figure.kind, Entity(start, end, english, figure.kind)
    if kind in ("amount", "count") or (kind == "percent" and figure.unit == "points"):
        yield from _numeral(figure, text)
    elif kind == "currency":
        dollars = english.startswith("$") and "セント" not in figure.text
        yield from [whole] if dollars and not figure.optional else () if figure.optional else _numeral(figure, text)
    elif kind == "percent":
        yield from _share(whole, figure)
    elif kind == "date":
        # The month of 4月1日から9日 says no more than the days do.
        if (figure.unit == "period" or figure.date[1] is not None) and not text[end : end + 1].isdigit():
            yield whole
    elif kind == "year":
        yield from _year(figure)
    elif kind == "time":
        # 0 and 12 o'clock are midnight and noon.
        yield from () if figure.optional else [whole]
    elif kind == "weekday":
        if text.startswith("曜", end):
            yield whole._replace(end=end + (2 if text.startswith("曜日", end) else 1))
    else:
        yield whole


def _year(figure: Figure) -> Iterator[Entity]:
    """令和8年 as 2026年, 1990年代 as 1990s, 2024年度 as fiscal 2024; a year in plain figures needs nothing."""
    year = figure.date[0]
    if year is None:
        return
    english = figure.english
    if english == str(year):
        if figure.text.startswith(english):
            return
        english += "年"
    yield Entity(figure.start, figure.end, english, figure.kind)


def _share(whole: Entity, figure: Figure) -> Iterator[Entity]:
    """3割5分 as 35%, 17.0パーセント as 17.0%; a range is 1-2% as often as 1% to 2%, so the pack decides."""
    if len(figure.values) > 1:
        return
    written = re.match(r"[\d.]+(?=\s?(?:%|パーセント))", figure.text[whole.start - figure.start :])
    yield whole._replace(english=f"{written.group()}%") if written else whole


def _numeral(figure: Figure, text: str) -> Iterator[Entity]:
    """The bare value; small numbers, which English spells out, and plain digits stay as they are."""
    for m in _NUMERAL.finditer(text, figure.start, figure.end):
        values = tuple(number_value(part) for part in m.groups() if part)
        if len(figure.values) > 1 and len(values) < 2:
            continue
        english = " to ".join(render_number(value) for value in figure.values)
        plain = english.replace(",", "") == m.group().replace(",", "") and figure.values[-1] < 1000
        matches = values[-1] == figure.values[-1] and len(values) == len(figure.values)
        year = m.group().isascii() and 1800 <= figure.values[0] <= 2100 and figure.kind == "count"
        if matches and not plain and not year and figure.values[0] > 10:
            yield Entity(m.start(), m.end(), english, figure.kind)
        return


def _without_hedges(figure: Figure) -> tuple[int, int]:
    start, end = figure.start, figure.end
    if m := _BEFORE.match(figure.text):
        start += m.end()
    if m := _AFTER.search(figure.text):
        end = figure.start + m.start()
    return start, end
