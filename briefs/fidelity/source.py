# ruff: noqa: E501 - patterns read better whole, and Japanese counts double
"""Finds every quantity of a Japanese sentence: amounts, shares, dates, times, counts, ordinals, codes."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from briefs.fidelity.dates import find_dates
from briefs.fidelity.figures import Figure
from briefs.fidelity.numerals import ARABIC, NUMBER, number_value, range_values
from briefs.fidelity.render import (
    COUNTERS,
    CURRENCIES,
    ordinal_form,
    render_count,
    render_fraction,
    render_number,
)

# Words that only look like quantities. 第一 as "first of all" and 十分 as "enough" are far more often words than figures.
_WORDS = re.compile(
    r"(?<![A-Za-z0-9.])(?!(?:19|20)\d\d\.\d{1,2}\.\d{1,2}(?!\d))(?:v\d+(?:\.\d+)+|\d+(?:\.\d+){2,})|万が一|万一|万人向け|億万長者|一億総|百万遍|百貨|百科|千葉|千代田|千歳|千差万別|千秋|一千代|十分(?!の|間|後|前)|五分五分|九分九厘"
    r"|八百屋|八百長|八百万の神|六本木|四日市|五日市|八日市|廿日市|三日月|三日坊主|二日酔い|十人十色|百人一首|三人称|二人三脚|八つ当たり|四つ角"
    r"|十中八九|四六時中|三三五五|第一人者|第一線|第一歩|第一報|一時期|一部|一方|一致|一層|統一|四国|九州|三重|三菱|三井|三越|五輪"
    r"|六ヶ所村|六ケ所村|三ケ日|(?<!第[1-4一二三四])四半期|四半世紀|千人力|百年の計|七五三|八戸|十和田|五島|八丈|三回忌|七回忌|十三回忌|一丁目一番地"
    r"|TEL[\d-]+|(?<!\d)0\d{1,4}-\d{1,4}-\d{3,4}(?!\d)|人一倍|[一-鿿]{2}(?:\d{1,2}|元)年(?=\s?\(\d{3,4}年?)|(?<=\()[一-鿿]{2,4}(?:\d{1,2}|元)年(?=\))|(?<![A-Za-z0-9])[a-z]+\d\w*|三次元|三権|三本柱|四万十|(?:30|225)種平均|(?:令和|平成|昭和)(?:\d{1,2}|元)(?=\(\d{4}\)年)|麻布十番|バルト[3三]国|(?<![第十百千〇一二三四五六七八九])[二三四五六七八九]条(?=院|坊|通(?![知報商信達り])|河原|大橋|天皇|富小路|烏丸)|千枚田|第一三共|燕三条|三条市|[下中上奥]千本|千本(?:桜|鳥居|通)|ダライ・ラマ\d+世|(?<!\d)11[089]番(?![目手地])|週休[2-4二三四]日|https?://\S+|[\w.]+@[\w.]+|No\.1"
)
_ASCII_UNIT = r"(?:km2?|kg|cm|mm|kW|MW|GW|kWh|ha|m2?|t|g|l|ml|GB|MB|TB|Hz|mph|人|h)(?![A-Za-z])"
_CODE = re.compile(r"(?<![A-Za-z0-9])(?:[A-Z][A-Za-z]*-?\d+[A-Za-z]*(?:-\d+)?|[2-9][GDK])(?![A-Za-z0-9.%])")
_FRACTION = re.compile(rf"({ARABIC}|[一二三四五六七八九十百千]+)分の({ARABIC}|[一二三四五六七八九十]+)")
_WARI = re.compile(
    rf"(?:({ARABIC}|[一二三四五六七八九])割?[〜~～、-])?({ARABIC}|[一二三四五六七八九])割(?:({ARABIC}|[一二三四五六七八九])分)?(?:([\d一二三四五六七八九])厘)?(?![合当れ])"
)
_APPROX = re.compile(
    r"((?:[十百千]|\d+|[一二三四五六七八九]十)?)(数|何)((?:[十百千]|10|100|1000)[万億兆]?|[万億兆]|"
    r"(?=人|名|年|カ月|か月|ヵ月|ヶ月|カ国|か国|ヵ国|日|回|件|社|隻|台|機|時間|分|秒|週|個|つ|本|枚|歳|倍|%|パーセント|ポイント|円|ドル"
    r"|ユーロ|元|トン|キロ|メートル|発|基|億|兆|ページ|種|校|世紀|世帯|点|度|百|千|の|か所|カ所|ヵ所|ヶ所))"
)
_COUNTED = re.compile(r"[約者件客員口台本店校社室戸人]$")
_JOIN = r"[〜~～–—\-]|ないし"
_UNITS = sorted(
    {*COUNTERS, *CURRENCIES, "%", "パーセント", "%ポイント", "ポイント", "倍", "位", "号", "番", "条", "項"}, key=len
)
_UNIT = "|".join(map(re.escape, reversed(_UNITS)))
_ORDINAL_MARKS = r"(?:番目|期目|回目|人目|年目|カ国目|か国目|ヵ国目|度目|作目|代目|つ目|件目|社目|日目|戦目|位(?!置))"
_PLAIN = re.compile(
    rf"(?P<sign>(?:US|A|HK)?\$|[€£¥])?(?P<ordinal>第)?(?P<low>{NUMBER})"
    rf"(?:\s?(?P<unit1>{_UNIT})?(?P<join>{_JOIN})(?P<high>{NUMBER}))?"
    rf"\s?(?:(?P<mark>{_ORDINAL_MARKS})|(?P<unit>{_UNIT}))?(?P<half>と?半(?![導島分数ば]))?"
)
_PAIR = re.compile(r"(?<![\d,.、])(\d)([、,])(\d)(?=[^\d,、.年月日]|日(?:以内|間|ほど|くらい|ぐらい|おき)|$)")
_ENDLESS = re.compile(r"[\d,.万億兆京千百十]{60,}")  # no figure; the patterns below would try every way to read it
_MISSPELT = re.compile(r"(?<=\d)憶")
_CENTS = re.compile(rf"(?P<whole>{ARABIC})(?P<unit>円|ドル|ユーロ|ポンド)(?P<cents>\d{{1,2}})(?:銭|セント|ペンス)")
_RACE = re.compile(r"(?<![\d.,])(\d{1,2})秒(\d{1,3})(?!\d|分|秒|[万億])")
_METERS = re.compile(r"(?<![\d.,])(\d{1,3})メートル(?:(\d{2})(?=[のをでとが、。)」]|$)|(\d{1,2})センチ)")
_ARTICLE = re.compile(rf"第?({ARABIC}|[一二三四五六七八九十百]+)条第?({ARABIC}|[一二三四五六七八九十]+)項(?!目)")
_TITLE = re.compile(r"[首大長閣国外防官議会総幹党次社副知市代横関米日選々最中女王教者理委軍警法財経]")
_LISTED = re.compile(r"(?:[日米英仏独伊中韓露豪印加比台欧朝ロ]{2,}|[、・と][^、・。「」]{1,25})の?$")
_BEFORE = re.compile(r"(約|およそ|おおよそ|ほぼ|最大|最大で|少なくとも|最低|計|合計)\s*$")
_AFTER = re.compile(r"(以上|超|以下|未満|弱|強|余り|あまり|余|近く|足らず|程度|ほど|前後)")
_BEFORE_EN = {"約": "about", "およそ": "about", "おおよそ": "about", "ほぼ": "almost", "最大": "up to", "最大で": "up to",
              "少なくとも": "at least", "最低": "at least"}  # fmt: skip
_AFTER_EN = {"以上": "at least", "超": "more than", "以下": "up to", "未満": "less than", "弱": "just under",
             "強": "just over", "余り": "more than", "あまり": "more than", "余": "more than", "近く": "nearly",
             "足らず": "less than", "程度": "about", "ほど": "about", "前後": "about"}  # fmt: skip
_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
_FULL = re.compile(r"[\d万億兆京%]")
# Kanji numerals count only with one of these: 三人 is a figure, 三脚 or 五輪 is a word.
_KANJI_COUNTERS = frozenset(
    "人 名 カ国 か国 ヵ国 ヶ国 カ月 か月 ヵ月 ヶ月 カ所 か所 週間 日間 年間 時間 分間 世紀 隻 台 件 社 歳 回 年 分 秒 キロ メートル トン 機 発 個 つ 本 枚 "
    "冊 棟 軒 世帯 匹 羽 校 票 議席 団体 都市 項目 種類 点 試合 階 % パーセント ポイント 倍 位 円 ドル ユーロ ポンド 番 号 条 団 州 平方キロ 度".split()
)


def find_source(text: str) -> list[Figure]:
    """The quantities of a sentence, in order, not overlapping; `text` must be normalised (NFKC)."""
    text = _mask(text, _ENDLESS)
    text = _PAIR.sub(_as_range, _MISSPELT.sub("億", text))
    masked, found = _mask(text, _WORDS), []
    for finder in _FINDERS:
        for figure in finder(masked):
            found.append(figure)
            masked = masked[: figure.start] + "\0" * (figure.end - figure.start) + masked[figure.end :]
    return sorted((_hedge(figure, text) for figure in found), key=lambda figure: figure.start)


def _as_range(m: re.Match[str]) -> str:
    """2、3人 is two or three people; 2、5 is two figures."""
    return f"{m[1]}~{m[3]}" if int(m[3]) == int(m[1]) + 1 else m[0]


def _mask(text: str, pattern: re.Pattern[str]) -> str:
    return pattern.sub(lambda m: "\0" * len(m.group()), text)


def _codes(text: str) -> Iterator[Figure]:
    for m in list(_CODE.finditer(text)):
        yield _figure(m, "code", english=m.group())


def _fractions(text: str) -> Iterator[Figure]:
    for m in list(_FRACTION.finditer(text)):
        below, above = number_value(m.group(1)), number_value(m.group(2))
        if below:
            yield _figure(m, "ratio", (above / below,), english=render_fraction(int(above), int(below)))


def _wari(text: str) -> Iterator[Figure]:
    for m in list(_WARI.finditer(text)):
        low, tenths, hundredths, thousandths = (number_value(g) if g else Decimal(0) for g in m.groups())
        value = tenths * 10 + hundredths + thousandths / 10
        values = (low * 10, value) if low else (value,)
        yield _figure(m, "percent", values, unit="割", english=f"{_join(values)}%")


def _approximate(text: str) -> Iterator[Figure]:
    for m in list(_APPROX.finditer(text)):
        if m.group(2) == "数" and m.group(3)[:1].isdigit() and _COUNTED.search(text[: m.start()]):
            continue  # 契約数1000万件: the number of contracts
        if m.group(1) or m.group(2) == "何" or (m.start() and re.match(r"[一-鿿]", text[m.start() - 1])):
            base = number_value(m.group(1)) if m.group(1) else Decimal(0)
            base *= number_value(m.group(3)) if m.group(3) and base else 1
            yield _figure(m, "approx", optional=True, also=(base,), english=f"more than {base}" if base else "several")
            continue
        size = number_value(m.group(3)) if m.group(3) else Decimal(1)
        yield _figure(m, "approx", (size,), english=_APPROX_WORDS.get(size, "several"), optional=size < 100)


_APPROX_WORDS = {
    Decimal(10) ** power: words
    for power, words in enumerate(
        ("several", "dozens", "hundreds", "thousands", "tens of thousands", "hundreds of thousands", "millions",
         "tens of millions", "hundreds of millions", "billions", "tens of billions", "hundreds of billions", "trillions")
    )
}  # fmt: skip


def _plain(text: str) -> Iterator[Figure]:
    for m in list(_PLAIN.finditer(text)):
        if not _is_quantity(m, text):
            continue
        figure = _classify(m)
        if figure is not None:
            yield figure


def _is_quantity(m: re.Match[str], text: str) -> bool:
    if _FULL.search(m["low"]):
        return True
    if m["ordinal"]:
        return bool(m["unit"]) or len(m["low"]) > 1 or text[m.end() : m.end() + 1] in tuple("次期弾章部条回位党勢")
    unit = m["unit"] or (m["mark"] or "")[:1]
    return unit in _KANJI_COUNTERS or m["mark"] is not None


def _classify(m: re.Match[str]) -> Figure | None:
    low = m["low"]
    values: tuple[Decimal, ...] = range_values(low, m["high"]) if m["high"] else (number_value(low),)
    unit, last = m["unit"] or "", m["high"] or low
    if unit == "元" and _TITLE.match(m.string, m.end()):
        unit = ""
    if m["sign"] or unit in CURRENCIES:
        code, noun = CURRENCIES[unit] if unit in CURRENCIES else (_SIGNS[m["sign"][-1]], "")
        optional = values == (Decimal(1),)  # the 1 of 1ドル=150円
        return _figure(m, "currency", values, unit=code, english=_money(values, code, noun), optional=optional)
    if m["ordinal"] or m["mark"] or unit in ("位", "番", "号", "条", "項"):
        optional = values[0] < 3 or _is_optional(m, unit, values[0])
        return _figure(
            m, "ordinal", values, unit="" if m["ordinal"] else unit, english=_ordinal(m, values[0]), optional=optional
        )
    if unit in ("%", "パーセント"):
        return _figure(m, "percent", values, unit="%", english=_join(values) + "%")
    if unit in ("ポイント", "%ポイント"):
        noun = "percentage points" if unit != "ポイント" else "points"
        score = unit == "ポイント" and values[0] in (1, 2)
        return _figure(m, "percent", values, unit="points", english=f"{_join(values)} {noun}", optional=score)
    if unit == "倍":
        return _figure(m, "times", values, unit="times", english=f"{_join(values)} times")
    noun = COUNTERS.get(unit, "")
    half = Decimal("0.5") if m["half"] else Decimal(0)
    also = (values[0] + half,) if half else ()
    kind = "amount" if re.search(r"[万億兆京]", last) or values[-1] >= 10000 else "count"
    english = f"{_join(values)} {noun}".strip() if len(values) > 1 else render_count(values[0], noun)
    if unit in ("センチ", "cm", "センチメートル"):
        also = (values[0] / 100,)
    small = kind == "count" and len(values) == 1 and values[0] == int(values[0])
    small = small and (values[0] < 3 or _is_optional(m, unit, values[0]))
    return _figure(m, kind, values, unit=noun, english=english, also=also, optional=small)


def _ordinal(m: re.Match[str], value: Decimal) -> str:
    if m["unit"] in ("条", "号"):
        return f"{'Article' if m['unit'] == '条' else 'No.'} {value}"
    return ordinal_form(int(value)) if m["ordinal"] or m["mark"] or m["unit"] == "位" else render_number(value)


def _is_optional(m: re.Match[str], unit: str, value: Decimal) -> bool:
    """Typhoons go by name in English, and what is listed need not be counted (日米韓3カ国, AとBとCの3人)."""
    before = m.string[: m.start()]
    if unit == "号":
        return before.endswith("台風")
    if unit == "年" and m.string[m.end() : m.end() + 1] == "生":
        return True
    return value < 10 and bool(_LISTED.search(before))


def _split_money(text: str) -> Iterator[Figure]:
    """836円52銭, 81ドル40セント: one amount."""
    for m in list(_CENTS.finditer(text)):
        value = number_value(m["whole"]) + number_value(m["cents"]) / 100
        code, noun = CURRENCIES[m["unit"]]
        yield _figure(m, "currency", (value,), unit=code, english=_money((value,), code, noun))


def _race_times(text: str) -> Iterator[Figure]:
    """10秒15 is 10.15 seconds, 8メートル72 is 8.72 meters, 1メートル5センチ is 1.05."""
    for m in list(_RACE.finditer(text)):
        value = Decimal(f"{m[1]}.{m[2]}")
        yield _figure(m, "count", (value,), unit="seconds", english=f"{value} seconds")
    for m in list(_METERS.finditer(text)):
        value = Decimal(m[1]) + Decimal(m[2] or m[3]) / 100
        yield _figure(m, "count", (value,), unit="meters", english=f"{value} meters")


def _articles(text: str) -> Iterator[Figure]:
    """49条3項 is Article 49, paragraph 3, or Article 49.3."""
    for m in list(_ARTICLE.finditer(text)):
        values = (number_value(m[1]), number_value(m[2]))
        english = f"Article {values[0]}, paragraph {values[1]}"
        yield _figure(m, "ordinal", values, english=english, also=(Decimal(f"{values[0]}.{values[1]}"),))


def _money(values: tuple[Decimal, ...], code: str, noun: str) -> str:
    sign = next((sign for sign, of in _SIGNS.items() if of == code and code != "JPY"), "")
    if sign and noun in ("dollars", "euros", "pounds", ""):
        return " to ".join(sign + render_number(value) for value in values)
    return f"{_join(values)} {noun or 'yen'}"


def _join(values: tuple[Decimal, ...]) -> str:
    return " to ".join(map(render_number, values))


def _figure(
    m: re.Match[str],
    kind: str,
    values: tuple[Decimal, ...] = (),
    **more: object,
) -> Figure:
    fields: dict[str, object] = {"start": m.start(), "end": m.end(), "text": m.group(), "kind": kind, "values": values}
    return Figure(**{**fields, **more})  # type: ignore[arg-type]


def _hedge(figure: Figure, text: str) -> Figure:
    """Take 約, 超 and the like into the span and the rendering."""
    if figure.kind in ("date", "year", "time", "code", "approx", "weekday", "ordinal"):
        return figure
    start, end, english = figure.start, figure.end, figure.english
    if before := _BEFORE.search(text[max(0, start - 5) : start]):
        start -= len(before.group())
        english = f"{_BEFORE_EN[before[1]]} {english}" if before[1] in _BEFORE_EN else english
    elif after := _AFTER.match(text, end):
        end = after.end()
        english = f"{_AFTER_EN[after[1]]} {english}"
    if (start, end) == (figure.start, figure.end):
        return figure
    fields = {name: getattr(figure, name) for name in ("kind", "values", "unit", "date", "also", "optional")}
    return Figure(start=start, end=end, text=text[start:end], english=english, **fields)


_FINDERS: tuple[Callable[[str], Iterator[Figure]], ...] = (
    _codes,
    _race_times,
    _articles,
    _split_money,
    find_dates,
    _fractions,
    _wari,
    _approximate,
    _plain,
)
