"""Themes proposed from a batch of articles: keywords that belong together, named in English where the glossary can.

Passages of a few sentences are rows, candidate terms columns; non-negative matrix factorisation (Lee and Seung 1999)
gives each theme a weight for every term. A Japanese term and its English in the glossary are one column, and figures
are columns that are never shown: both tie articles of different languages together.
"""

import csv
import functools
import json
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from briefs.brief import Article, Kind, Theme
from briefs.extract.terms import Floats, Rows, normalise, words
from briefs.segment import split_sentences

# Simplified characters as Japanese writes them, for the glossary: 半导体 is 半導体.
_TO_JAPANESE = str.maketrans(
    "导东亚贸设备济进发国际网络电机业产经军联缔约权条谈协议轮舰导弹俄罗乌兰欧盟亲债务财资贷关税货币汇战争问题对应边处归选举总统长计划开环气变动标准护维远区",
    "導東亜貿設備済進発国際網絡電機業産経軍連締約権条談協議輪艦導弾俄羅烏蘭欧盟親債務財資貸関税貨幣為戦争問題対応辺処帰選挙総統長計画開環気変動標準護維遠区",
)
_DATA = Path(__file__).parents[1] / "data"
_SENTENCES = 4  # of one passage: enough for terms to meet, few enough to stay on one subject
_PASSAGES = 3000  # of a large batch are read, evenly spread; with the terms below the table stays at 20 MB
_TERMS = 800
_MOST, _LEAST = 15, 6  # keywords of one language
_SHARE = 0.12  # of the strongest keyword's weight that a keyword beyond the sixth must have
_OWN = 0.4  # share of a term's weight over all themes from which it may be a theme's keyword
_ENOUGH = 40  # repeated terms of a language from which those that come once are left out
_ROUNDS = 200
_LONGEST = 14  # characters of a Japanese or Chinese term

_JA_RUN = re.compile(r"(?:[A-Za-z][A-Za-z0-9]+|[ァ-ヺ][ァ-ヺー・]*[ァ-ヺー]|[㐀-鿿々])+")
_JA_PREFIX = re.compile(
    r"^(?:[一二三四五六七八九十百千万億兆〇数約同各両全計当本今昨来毎第約最初新元旧前]|年度|[年月日時分秒度]|上?半期)+(?=..)"
)
_JA_SUFFIX = re.compile(
    r"(?:国内|国外|双方|[中後前間時等氏側上下内外別向的年月日人件社隻日者相約比末]|以上|以下|以内|以外|程度|自体|全体|同士|など)$"
)
_JA_NAMED = re.compile(
    r"(?:[一-鿿ァ-ヺー]{2,}(?:氏|相|首相|大統領|長官|議員|教授|研究員|研究部長|主任|記者|会長|社長|部長|委員長))$"
)
# What follows a verb or an adjective; particles follow a noun.
_JA_USED = re.compile(r"[いうえきくけげしすせちつてびべみむめらりるれわっ]|さ[れせ]|でき|すべ|な(?![どらか])")
_JA_GENERIC = frozenset(
    (
        "政府 企業 問題 必要 場合 関係 影響 可能性 指摘 発表 公表 方針 対象 強化 拡大 実施 措置 計画 目標 目的 理由 結果 状況 状態 情報 内容 以上 以下 一方 今回 今後 現在 "
        "最近 将来 当時 前年 前年度 同期 前年同期 前年同期比 前年度比 年度 年度末 月期 期間 期限 時間 時期 世界 世界中 国内 国外 海外 各国 地域 国家 社会 市場 業界 産業 "
        "産業界 関係者 担当者 専門家 記者 記者会見 記事 関連 関連記事 写真 画像 提供 支援 対応 対策 検討 議論 協議 交渉 合意 決定 予定 見通 見通し 見込 説明 説明会 調査 分析 "
        "研究 報告 報告書 評価 判断 認識 主張 意味 意義 役割 重要 重要性 重要課題 課題 責任 立場 姿勢 意見 考 方法 手段 手続 手続き 仕組 仕組み 制度 体制 基準 水準 規模 "
        "金額 総額 費用 割合 比率 平均 最大 最高 最小 最低 最多 過去 過去最高 半分 大半 大幅 大部分 一部 一定 一般 一体 一緒 一致 同時 同様 同日 同年 同国 同社 同省 増加 "
        "減少 上昇 低下 拡充 推進 促進 実現 達成 成功 失敗 開始 終了 継続 変化 変更 改善 整備 導入 利用 使用 活用 確保 維持 運営 管理 実際 実態 現実 現状 現場 具体 本格 "
        "中心 中央 基本 基礎 基盤 根本 全国 都内 東京都内 会見 会合 会議 発言 演説 声明 表明 意向 意図 期待 懸念 不安 危険 危機 自分 自身 自国 相手 相手国 仲間 皆 私 私達 "
        "我々 彼 彼女 人々 国民 市民 住民 人間 子供 家族 方向 方向性 点 面 形 部分 要素 要因 原因 背景 経緯 過程 段階 結論 要旨 本稿 本誌 提言 提案 要求 要請 次 次回 "
        "前回 以前 以後 以降 直後 直前 最初 最後 最終 最終的 不足 追加 削減 増額 増員 完了 残 他 他国 別 何 多数 少数 複数 単純 無駄 十分 不可欠 可能 困難 明確 明記 明日 "
        "今日 昨日 今年 昨年 来年 先月 今月 来月 午前 午後 万円 億円 兆円 ドル ユーロ キロ メートル センチ ポイント パーセント ページ サイト ブログ コメント メール ログイン "
        "クリック シェア ランキング テーマ ケース レベル ニュース メディア インタビュー プロセス まとめ 編集部 著者 筆者 読者 会員 登録 無料 有料 注目 解説 紹介 深 言葉 話 存在 "
        "行動 活動 動 取 取り組 取組 成果 効果 能力 技術 施策 政策 負担 試算 推計 都市 協力関係 トン 四半期 見通し 取り組み 大統領 前大統領 国家主席 アナリスト パートナーシップ "
        "両国 双方 独自 行方 価格 月 専門 都道府県 主任研究員 研究員 売上高 閣議 閣議決定 予算 予算案 同意 資源分野 分野 焦点 思惑 合意内容 内部 外部 事業 所管 枠組 枠組み "
        "安心 義務 需要 キロワット キロワット時 トップ アプローチ コミットメント プログラム サービス システム ルール グループ リーダー データ量 国 省 庁 法 法律 施行 案件 手当 "
        "全体 会社 大手 中小 首相 外相 閣僚 大臣 長官 議員 議会 総理 主席 米大統領 現政権 前政権 新政権 世紀 時代 歴史 未来 日間 週間 月間 年間 一つ 二つ 三つ 今度 再び "
        "財源 素材"
    ).split()
)
_EN_STOP = frozenset(
    (
        "a about above across after again against all almost alone along already also although always am "
        "among an and another any anything are around as at away back be became because become been "
        "before being below between both but by came can cannot come could did do does done down during "
        "each either else enough even ever every everything far few find first five for found four from "
        "further gave get gets give given go goes going gone good got great had half hard has have having "
        "he her here high him his how however i if in indeed instead into is it its itself just keep kept "
        "know known large last late later least less let like likely little long look low made make makes "
        "making many may me mean means might more most much must my near need needs neither never new "
        "next no none nor not nothing now of off often old on once one only open or other others our out "
        "over own part perhaps place point put quite rather really recent report reported reports roughly "
        "said same saw say says second see seem seems seen sense set several shall she should show shows "
        "side since six small so some something soon step steps still story such take taken takes ten "
        "than that the their them themselves then there these they thing things third this those though "
        "three through thus time times to today together told too took toward towards twelve two under "
        "until up upon us use used uses very want wants was way ways we well went were what whatever when "
        "where whether which while who whole whose why wide will with within without work would yet you "
        "your year years month months week weeks day days quarter hour hours january february march april "
        "may june july august september october november december monday tuesday wednesday thursday "
        "friday saturday sunday hundred thousand million billion trillion percent per cent read more "
        "click share comment comments subscribe newsletter photo image effect effects help helps cost "
        "costs end start began begin begins based according including amid despite via e.g i.e mr mrs ms "
        "dr better best bigger big early earlier left right record intends insists rose rise match spend "
        "possible plausible join"
    ).split()
)
_ZH_BREAK = re.compile(
    r"[的了是在和与及将把被对从到为以等也都而或但不这那其该此上下中内外个各之于由所并已还就又更最有没会能可应当要使让向着过"
    r"约们我他她它你吗呢吧年月日类家亿万说今去如果达占只至起前后约纳入于]|以及|进行|通过|认为|表示|显示|指出|报告|同比|增长|目前|尽快|主要|集中|提供|包括|成为|方面|相关"
)
_OTHER_WORD = re.compile(r"[^\W\d_]{4,}|[가-힣]{2,}")
_EN_VERB = re.compile(r"[a-z]+(?:ed|ly)").fullmatch
_EN_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|[^\s\w]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion(Theme):
    """A proposed theme; `articles` and `headline` the most typical first."""

    headline: str = ""


@dataclass(frozen=True, slots=True)
class _Passage:
    article: int
    language: str
    text: str


@dataclass(slots=True)
class _Term:
    """A column: the forms found of one meaning, by language, and what speaks for it as a keyword."""

    forms: Counter[tuple[str, str]] = field(default_factory=Counter)
    english: str = ""
    worth: float = 0.0
    person: bool = False


def suggest_themes(articles: Sequence[Article], *, limit: int = 6) -> list[Theme]:
    """Propose up to `limit` themes that run through `articles`, the widest first; the same for the same articles."""
    passages = _read_passages(articles)
    terms, found = _find_terms(passages)
    keys = _choose_columns(terms, found)
    count = min(limit, math.ceil(len(passages) / _SENTENCES), len(keys) // _LEAST)
    if count < 1:
        return []
    table = _weigh(keys, terms, found)
    shown = np.array([key in terms for key in keys])
    loads, weights = _factorise(_smooth(table, passages), count)
    themes: list[Suggestion] = []
    for number in np.argsort(-np.round(loads.sum(axis=0) * weights.sum(axis=1), 6), kind="stable").tolist():
        ranked = _rank(weights, number, shown)
        chosen = [(terms[keys[column]], strength) for column, strength in ranked]
        typical = _typical(loads, number, passages, articles)
        if len(chosen) >= 3 and typical:
            themes.append(_name(chosen, [articles[at] for at in typical], {theme.id for theme in themes}))
    return sorted(themes, key=lambda theme: -len(theme.articles))


def themes_toml(themes: Sequence[Theme]) -> str:
    """The themes as tables for a briefs.toml, each under a comment with its articles and most typical headline."""
    parts = []
    for theme in themes:
        count = len(theme.articles)
        lines = [f"# {count} article{'' if count == 1 else 's'}"]
        if isinstance(theme, Suggestion) and theme.headline:
            lines[0] += f", most typical: {_one_line(theme.headline)}"
        lines.append("[[theme]]")
        lines += [f"{name} = {_quote(getattr(theme, name))}" for name in ("id", "title", "description")]
        lines.append("[theme.keywords]")
        for language, keywords in theme.keywords.items():
            name = language if re.fullmatch(r"[A-Za-z0-9_-]+", language) else _quote(language)
            lines.append(f"{name} = [{', '.join(_quote(keyword) for keyword in keywords)}]")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _quote(text: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's, but TOML forbids DEL and halves of surrogate pairs too."""
    return json.dumps(_whole(text), ensure_ascii=False).replace("\x7f", "\\u007F")


def _one_line(text: str) -> str:
    """Text that cannot end a comment, nor reorder what is seen of it."""
    return " ".join(
        "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") else c for c in _whole(text)).split()
    )


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _read_passages(articles: Sequence[Article]) -> list[_Passage]:
    """Every article in passages; of a large batch an even sample of them."""
    found = [passage for number, article in enumerate(articles) for passage in _split(number, article)]
    step = max(1, math.ceil(len(found) / _PASSAGES))
    return found[::step]


def _split(number: int, article: Article) -> Iterator[_Passage]:
    """A few sentences of one block each; a title or heading goes with what follows it."""
    pending = [article.title] if article.title and all(b.text != article.title for b in article.blocks) else []
    language = article.language
    for block in article.blocks:
        language = (block.language or article.language).split("-")[0]
        text = unicodedata.normalize("NFKC", block.text)
        pending += [text[start:end] for start, end in split_sentences(text, language)]
        if block.kind is not Kind.HEADING:
            while pending:
                yield _Passage(number, language, "\n".join(pending[:_SENTENCES]))
                del pending[:_SENTENCES]
    if pending:
        yield _Passage(number, language, "\n".join(pending))


@functools.cache
def _load_glossary() -> dict[str, tuple[str, str]]:
    """Read the glossary and the gazetteer: Japanese -> (English, kind)."""
    entries: dict[str, tuple[str, str]] = {}
    for name in ("terms.tsv", "names.tsv"):
        with (_DATA / name).open(encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                entries.setdefault(unicodedata.normalize("NFKC", row["ja"]), (row["en"], row["kind"]))
    return entries


@functools.cache
def _load_kana_entries() -> Mapping[str, tuple[str, ...]]:
    """Read the entries that hiragana cuts into several runs, by their first two characters."""
    entries: dict[str, tuple[str, ...]] = {}
    for ja in _load_glossary():
        if re.search("[ぁ-ん]", ja):
            entries[ja[:2]] = (*entries.get(ja[:2], ()), ja)
    return entries


def _find_terms(passages: Sequence[_Passage]) -> tuple[dict[str, _Term], list[list[str]]]:
    """The candidate terms by key, and for each passage the keys in it: terms, and figures that no list shows."""
    terms: dict[str, _Term] = {}
    found: list[list[str]] = [[word for word in words(normalise(p.text)) if _is_telling(word)] for p in passages]
    for language in dict.fromkeys(passage.language for passage in passages):
        rows = [row for row, passage in enumerate(passages) if passage.language == language]
        spotted = _FINDERS.get(language, _find_other)([passages[row].text for row in rows])
        for row, forms in zip(rows, spotted, strict=True):
            for form in forms:
                key, english, kind = _identify(language, form)
                term = terms.setdefault(key, _Term())
                term.forms[language, form] += 1
                term.english = term.english or english
                term.person = term.person or kind == "person"
                term.worth = max(term.worth, _worth(language, form) * (1.25 if kind else 1.0))
                found[row].append(key)
    return terms, found


def _is_telling(word: str) -> bool:
    """Whether a word is a figure precise or large enough to name the same fact in two articles."""
    if not word.startswith("="):
        return False
    number = word.strip("=%")
    return "." in number or float(number) >= 2500


def _identify(language: str, form: str) -> tuple[str, str, str]:
    """A key that a term shares with its English, its English if known, and the glossary's kind or nothing."""
    if language == "en":
        return " ".join(words(normalise(form))) or form, form, ""
    known = form.translate(_TO_JAPANESE) if language == "zh" else form
    english, kind = (
        _load_glossary().get(known, (form if form.isascii() else "", "")) if language in ("ja", "zh") else ("", "")
    )
    key = " ".join(words(normalise(english))) if english else ""
    return key or f"{language}:{normalise(form)}", english, kind


def _worth(language: str, form: str) -> float:
    """What a term's length says: two characters or one word are seldom a subject of their own."""
    if language in ("ja", "zh"):
        return min(0.4 + 0.2 * len(form), 1.4)
    return min(0.7 + 0.3 * len(form.split()), 1.3)


def _find_japanese(texts: Sequence[str]) -> list[list[str]]:
    """Runs of kanji and katakana, and inside each what is a run elsewhere or stands in the glossary."""
    glossary = _load_glossary()
    runs = [[(_trim(m.group()), bool(_JA_USED.match(text, m.end()))) for m in _JA_RUN.finditer(text)] for text in texts]
    total = Counter(run for row in runs for run, _ in row)
    used = Counter(run for row in runs for run, verbal in row if verbal)
    known = {run for run, count in total.items() if _is_subject(run) and used[run] <= count / 2}
    spotted = []
    for text, row in zip(texts, runs, strict=True):
        spans = [
            part for run, _ in row for part in _parts(run) if part in known or (part in glossary and _is_subject(part))
        ]
        names = [part for part in spans if glossary.get(part, ("", ""))[1] in _NAMES]
        spans = [part for part in spans if not any(part != name and part in name for name in names)]
        entries = (
            ja
            for at in range(len(text))
            for ja in _load_kana_entries().get(text[at : at + 2], ())
            if text.startswith(ja, at) and _is_subject(ja)
        )
        spotted.append([*spans, *entries])
    return spotted


def _trim(run: str) -> str:
    """A run without the counters and affixes that are no part of a term, unless the glossary has it whole."""
    if run in _load_glossary():
        return run
    run = _JA_PREFIX.sub("", run).strip("・") if len(run) > 2 else run
    return _JA_SUFFIX.sub("", run) if len(run) > 2 and run not in _load_glossary() else run


def _is_subject(run: str) -> bool:
    """Whether a run can be a keyword: no generic word, no unknown person, no headline without particles."""
    if not 2 <= len(run) <= _LONGEST or run in _JA_GENERIC:
        return False
    return run in _load_glossary() or not (_JA_NAMED.match(run) and len(run) > 3)


def _parts(run: str) -> Iterator[str]:
    """The run and every part of it from two characters on that cuts no katakana or alphabetic word."""
    cuts = [
        at for at in range(len(run) + 1) if not re.match(r"[ァ-ヺー]{2}|[A-Za-z0-9]{2}", run[max(at - 1, 0) : at + 1])
    ]
    cuts = sorted({0, len(run), *(at for at in cuts if 0 < at < len(run))})
    for start in cuts:
        yield from (run[start:end] for end in cuts if 2 <= end - start <= _LONGEST)


def _find_chinese(texts: Sequence[str]) -> list[list[str]]:
    """Strings of two to six characters that come again, if no longer one comes as often."""
    segments = [
        [s for run in re.findall("[㐀-鿿]+", text) for s in _ZH_BREAK.split(run) if len(s) > 1] for text in texts
    ]
    grams = [[s[i : i + n] for s in row for n in range(2, 7) for i in range(len(s) - n + 1)] for row in segments]
    total = Counter(gram for row in grams for gram in row)
    inside = {
        part
        for gram, n in total.items()
        if len(gram) > 2 and n > 1
        for part in (gram[1:], gram[:-1])
        if total[part] == n
    }
    inside |= {gram for gram in total if gram.translate(_TO_JAPANESE) in _JA_GENERIC}
    whole = {segment for row in segments for segment in row if 4 <= len(segment) <= 6}
    return [[g for g in row if g not in inside and (total[g] > 1 or g in whole)] for row in grams]


def _find_english(texts: Sequence[str]) -> list[list[str]]:
    """Phrases of one to three words between function words, unless a longer one comes as often."""
    chunks = [list(_chunks(text)) for text in texts]
    grams = [[tuple(c[i : i + n]) for c in row for n in (1, 2, 3) for i in range(len(c) - n + 1)] for row in chunks]
    total = Counter(gram for row in grams for gram in row)
    inside = {part for gram, n in total.items() if len(gram) > 1 for part in (gram[1:], gram[:-1]) if total[part] == n}
    return [[" ".join(gram) for gram in row if gram not in inside] for row in grams]


def _chunks(text: str) -> Iterator[list[str]]:
    chunk: list[str] = []
    for line in text.split("\n"):
        found = _EN_WORD.findall(line)
        if sum(word[:1].isupper() for word in found) > len(found) / 2:  # a headline's capitals say nothing
            found = [word if word.isupper() else word.lower() for word in found]
        for at, word in enumerate([*found, "."]):
            word = re.sub("['’]s$", "", word)
            if len(word) > 1 and word.lower() not in _EN_STOP and not _EN_VERB(word):
                chunk.append(word[0].lower() + word[1:] if at == 0 and word[1:].islower() else word)
            elif chunk:
                yield chunk
                chunk = []


def _find_other(texts: Sequence[str]) -> list[list[str]]:
    """Longer words of a language that nothing more is known about."""
    return [[word.lower() for word in _OTHER_WORD.findall(text)] for text in texts]


_NAMES = frozenset({"person", "place", "organisation"})  # 東南アジア is not also 南アジア
_FINDERS = {"ja": _find_japanese, "zh": _find_chinese, "en": _find_english}


def _choose_columns(terms: Mapping[str, _Term], found: Sequence[Sequence[str]]) -> list[str]:
    """The strongest keys: in two passages or more where a language has enough of those."""
    spread = Counter(key for row in found for key in dict.fromkeys(row))
    repeated = Counter(code for key, n in spread.items() if n > 1 and key in terms for code in _languages(terms[key]))
    poor = {code for key in terms for code in _languages(terms[key]) if repeated[code] < _ENOUGH}
    pool = [
        key
        for key, n in spread.items()
        if n > 1 or (key in terms and key.count(" ") < 2 and _languages(terms[key]) & poor)
    ]

    def strength(key: str) -> float:
        worth = terms[key].worth if key in terms else 1.0
        return round(worth * spread[key] * math.log(1 + len(found) / spread[key]), 6)

    return sorted(pool, key=lambda key: (-strength(key), key))[:_TERMS]


def _value(term: _Term) -> float:
    """Worth, halved for a person, who is seldom the subject, and for what is said once."""
    return term.worth * (0.5 if term.person else 1.0) * (0.5 if term.forms.total() == 1 else 1.0)


def _languages(term: _Term) -> set[str]:
    return {language for language, _ in term.forms}


def _weigh(keys: Sequence[str], terms: Mapping[str, _Term], found: Sequence[Sequence[str]]) -> Floats:
    """Passages by columns: rarity as in `Rows`, times worth."""
    number = {key: column for column, key in enumerate(keys)}
    rows = Rows.build([list(keys), *([key for key in row if key in number] for row in found)])
    worth = np.array([_value(terms[key]) if key in terms else 1.0 for key in keys])
    table = np.stack([rows.dense(row) for row in range(1, len(rows))])
    return np.asarray(table * worth)


def _smooth(table: Floats, passages: Sequence[_Passage]) -> Floats:
    """Each row with a share of its article: what is said nearby belongs to the same subject."""
    owner = np.array([passage.article for passage in passages])
    means = {number: table[owner == number].mean(axis=0) for number in np.unique(owner).tolist()}
    near = table + _NEAR * np.stack([means[number] for number in owner.tolist()])
    _, code = np.unique([passage.language for passage in passages], return_inverse=True)
    alike = np.where(code[:, None] != code[None, :], table @ table.T, 0.0)
    alike /= np.maximum(alike.sum(axis=1, keepdims=True), 0.1)
    return np.asarray(near + _ACROSS * alike @ table)


_NEAR = 0.3
_ACROSS = 1.0


def _factorise(table: Floats, count: int) -> tuple[Floats, Floats]:
    """Loads of passages and weights of columns on `count` themes, whose product is near `table`.

    Begun from singular vectors (Boutsidis and Gallopoulos 2008): no chance is in it.
    """
    left, values, right = np.linalg.svd(table, full_matrices=False)
    count = min(count, int((values > 1e-6).sum()))
    loads, weights = np.zeros((len(table), count)), np.zeros((count, table.shape[1]))
    for number in range(count):
        signs = [(np.maximum(sign * left[:, number], 0), np.maximum(sign * right[number], 0)) for sign in (1, -1)]
        sizes = [float(np.linalg.norm(one) * np.linalg.norm(other)) for one, other in signs]
        best = 0 if sizes[0] >= sizes[1] else 1
        one, other = signs[best]
        scale = math.sqrt(values[number] * sizes[best])
        loads[:, number] = scale * one / np.linalg.norm(one)
        weights[number] = scale * other / np.linalg.norm(other)
    fill = float(table.mean()) / 10
    loads, weights = np.where(loads > 0, loads, fill), np.where(weights > 0, weights, fill)
    for _ in range(_ROUNDS):
        weights = weights * (loads.T @ table) / np.maximum(loads.T @ loads @ weights, 1e-12)
        loads = loads * (table @ weights.T) / np.maximum(loads @ (weights @ weights.T), 1e-12)
    return loads, weights


def _rank(weights: Floats, number: int, shown: Floats) -> list[tuple[int, float]]:
    """The columns of theme `number` with their strength, strongest first: weight times the share that is its own."""
    scaled = weights / np.maximum(np.linalg.norm(weights, axis=1, keepdims=True), 1e-12)
    share = scaled[number] / np.maximum(scaled.sum(axis=0), 1e-12)
    strength = np.round(np.where((share >= _OWN) & shown, scaled[number] * share, 0.0), 6)
    order = np.argsort(-strength, kind="stable")
    return [(column, float(strength[column])) for column in order.tolist() if strength[column] > 0]


def _typical(loads: Floats, number: int, passages: Sequence[_Passage], articles: Sequence[Article]) -> list[int]:
    """The articles of a theme, most typical first: those with a passage mainly on it."""
    mine = loads.argmax(axis=1) == number
    owner = np.array([passage.article for passage in passages])
    sums = np.round(np.bincount(owner, loads[:, number] * mine, minlength=len(articles)), 6)
    order = np.argsort(-sums, kind="stable").tolist()
    return [at for at in order if sums[at] > 0]


def _name(chosen: Sequence[tuple[_Term, float]], articles: Sequence[Article], taken: set[str]) -> Suggestion:
    """A theme from its terms, strongest first, and its articles, most typical first."""
    keywords = _keywords(chosen)
    english = _distinct([term.english for term, _ in chosen if term.english and not term.person][:8])
    names = english or [form for forms in keywords.values() for form in forms]
    title = _join(names[:2])
    slug = "-".join(re.findall(r"[a-z0-9]+", " ".join(names[:2]).lower())) or "theme"
    id_ = next(name for n in range(1, len(taken) + 2) if (name := slug if n == 1 else f"{slug}-{n}") not in taken)
    return Suggestion(
        id=id_,
        title=title,
        description=f"{_join(names[:5])}.",
        keywords=keywords,
        articles=tuple(article.id for article in articles),
        headline=articles[0].headline,
    )


def _keywords(chosen: Sequence[tuple[_Term, float]]) -> dict[str, tuple[str, ...]]:
    lists: dict[str, list[str]] = {}
    for term, strength in chosen:
        forms = [form for form, _ in sorted(term.forms.items(), key=lambda item: (-item[1], item[0]))]
        forms = [form for at, form in enumerate(forms) if form[0] == "ja" or form[0] not in {f[0] for f in forms[:at]}]
        if term.english and all(language != "en" for language, _ in forms):
            forms.append(("en", term.english))
        for language, form in forms:
            known = lists.setdefault(language, [])
            if normalise(form) not in map(normalise, known) and len(known) < (
                _MOST if strength >= _SHARE * chosen[0][1] else _LEAST
            ):
                known.append(form)
    return {language: tuple(lists[language]) for language in sorted(lists, key=lambda code: (code != "ja", code))}


def _distinct(names: Sequence[str]) -> list[str]:
    """The names that share no word with an earlier one."""
    kept: list[str] = []
    for name in names:
        if not any(set(words(normalise(name))) & set(words(normalise(other))) for other in kept):
            kept.append(name)
    return kept


def _join(names: Sequence[str]) -> str:
    """The names as an English list that begins with a capital."""
    text = " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else ""
    return text[:1].upper() + text[1:]
