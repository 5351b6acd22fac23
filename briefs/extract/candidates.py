"""Words and phrases of a text that could be keywords of a theme, without a tokenizer for any language.

The lists are of words too general to name a subject: they hold for any subject.
"""

import csv
import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from briefs.extract.terms import normalise, words

# Simplified characters as Japanese writes them, for the glossary: 半导体 is 半導体.
_TO_JAPANESE = str.maketrans(
    "导东亚贸设备济进发国际网络电机业产经军联缔约权条谈协议轮舰导弹俄罗乌兰欧盟亲债务财资贷关税货币汇战争问题对应边处归选举总统长计划开环气变动标准护维远区",
    "導東亜貿設備済進発国際網絡電機業産経軍連締約権条談協議輪艦導弾俄羅烏蘭欧盟親債務財資貸関税貨幣為戦争問題対応辺処帰選挙総統長計画開環気変動標準護維遠区",
)
_DATA = Path(__file__).parents[1] / "data"
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
        "政府 企業 問題 必要 場合 関係 影響 可能性 指摘 発表 公表 方針 対象 強化 拡大 実施 措置 計画 目標 目的 理由 結果 "
        "状況 状態 情報 内容 以上 以下 一方 今回 今後 現在 最近 将来 当時 前年 前年度 同期 前年同期 前年同期比 前年度比 "
        "年度 年度末 月期 期間 期限 時間 時期 世界 世界中 国内 国外 海外 各国 地域 国家 社会 市場 業界 産業 産業界 関係者 "
        "担当者 専門家 記者 記者会見 記事 関連 関連記事 写真 画像 提供 支援 対応 対策 検討 議論 協議 交渉 合意 決定 予定 "
        "見通 見通し 見込 説明 説明会 調査 分析 研究 報告 報告書 評価 判断 認識 主張 意味 意義 役割 重要 重要性 重要課題 "
        "課題 責任 立場 姿勢 意見 考 方法 手段 手続 手続き 仕組 仕組み 制度 体制 基準 水準 規模 金額 総額 費用 割合 比率 "
        "平均 最大 最高 最小 最低 最多 過去 過去最高 半分 大半 大幅 大部分 一部 一定 一般 一体 一緒 一致 同時 同様 同日 "
        "同年 同国 同社 同省 増加 減少 上昇 低下 拡充 推進 促進 実現 達成 成功 失敗 開始 終了 継続 変化 変更 改善 整備 "
        "導入 利用 使用 活用 確保 維持 運営 管理 実際 実態 現実 現状 現場 具体 本格 中心 中央 基本 基礎 基盤 根本 全国 "
        "都内 東京都内 会見 会合 会議 発言 演説 声明 表明 意向 意図 期待 懸念 不安 危険 危機 自分 自身 自国 相手 相手国 "
        "仲間 皆 私 私達 我々 彼 彼女 人々 国民 市民 住民 人間 子供 家族 方向 方向性 点 面 形 部分 要素 要因 原因 背景 "
        "経緯 過程 段階 結論 要旨 本稿 本誌 提言 提案 要求 要請 次 次回 前回 以前 以後 以降 直後 直前 最初 最後 最終 "
        "最終的 不足 追加 削減 増額 増員 完了 残 他 他国 別 何 多数 少数 複数 単純 無駄 十分 不可欠 可能 困難 明確 明記 "
        "明日 今日 昨日 今年 昨年 来年 先月 今月 来月 午前 午後 万円 億円 兆円 ドル ユーロ キロ メートル センチ ポイント "
        "パーセント ページ サイト ブログ コメント メール ログイン クリック シェア ランキング テーマ ケース レベル ニュース "
        "メディア インタビュー プロセス まとめ 編集部 著者 筆者 読者 会員 登録 無料 有料 注目 解説 紹介 深 言葉 話 存在 "
        "行動 活動 動 取 取り組 取組 成果 効果 能力 技術 施策 政策 負担 試算 推計 都市 協力関係 トン 四半期 取り組み "
        "大統領 前大統領 国家主席 アナリスト パートナーシップ 両国 双方 独自 行方 価格 月 専門 都道府県 主任研究員 研究員 "
        "売上高 閣議 閣議決定 予算 予算案 同意 資源分野 分野 焦点 思惑 合意内容 内部 外部 事業 所管 枠組 枠組み 安心 義務 "
        "需要 キロワット キロワット時 トップ アプローチ コミットメント プログラム サービス システム ルール グループ "
        "リーダー データ量 国 省 庁 法 法律 施行 案件 手当 全体 度比 半期 半年 月末 度末 会社 大手 中小 首相 外相 閣僚 "
        "大臣 長官 議員 議会 総理 主席 米大統領 現政権 前政権 新政権 世紀 時代 歴史 未来 日間 週間 月間 年間 一つ 二つ "
        "三つ 今度 再び 財源 素材"
    ).split()
)
_EN_STOP = frozenset(
    (
        "a about above across after again against all almost alone along already also although always am among an and "
        "another any anything are around as at away back be became because become been before being below between both but "
        "by came can cannot come could did do does done down during each either else enough even ever every everything far "
        "few find first five for found four from further gave get gets give given go goes going gone good got great had "
        "half hard has have having he her here high him his how however i if in indeed instead into is it its itself just "
        "keep kept know known large last late later least less let like likely little long look low made make makes making "
        "many may me mean means might more most much must my near need needs neither never new next no none nor not "
        "nothing now of off often old on once one only open or other others our out over own part perhaps place point put "
        "quite rather really recent report reported reports roughly said same saw say says second see seem seems seen "
        "sense set several shall she should show shows side since six small so some something soon step steps still story "
        "such take taken takes ten than that the their them themselves then there these they thing things third this those "
        "though three through thus time times to today together told too took toward towards twelve two under until up "
        "upon us use used uses very want wants was way ways we well went were what whatever when where whether which while "
        "who whole whose why wide will with within without work would yet you your year years month months week weeks day "
        "days quarter hour hours january february march april june july august september october november december monday "
        "tuesday wednesday thursday friday saturday sunday hundred thousand million billion trillion percent per cent read "
        "click share comment comments subscribe newsletter photo image effect effects help helps cost costs end start "
        "began begin begins based according including amid despite via e.g i.e mr mrs ms dr better best bigger big early "
        "earlier left right record intends insists rose rise match spend possible plausible join fiscal"
    ).split()
)
_ZH_BREAK = re.compile(
    r"[的了是在和与及将把被对从到为以等也都而或但不这那其该此上下中内外个各之于由所并已还就又更最有没会能可应当要使让向着过"
    r"约们我他她它你吗呢吧年月日类家亿万说今去如果达占只至起前后约纳入于]|以及|进行|通过|认为|表示|显示|指出|报告|同比|增长|目前|尽快|主要|集中|提供|包括|成为|方面|相关"
)
_OTHER_WORD = re.compile(r"[^\W\d_]{4,}|[가-힣]{2,}")
_EN_VERB = re.compile(r"[a-z]+(?:ed|ly)").fullmatch
_EN_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|[^\s\w]")
_NAMES = frozenset({"person", "place", "organisation"})  # 東南アジア is not also 南アジア


def find_candidates(texts: Sequence[str], language: str) -> list[list[str]]:
    """The candidates in each of the texts of one language, a form as often as it stands there."""
    return _FINDERS.get(language, _find_other)(texts)


def identify(language: str, form: str) -> tuple[str, str, str]:
    """A key that a term shares with its English, its English if known, and the glossary's kind or nothing."""
    if language == "en":
        return " ".join(words(normalise(form))) or form, form, ""
    known = form.translate(_TO_JAPANESE) if language == "zh" else form
    english, kind = (
        _load_glossary().get(known, (form if form.isascii() else "", "")) if language in ("ja", "zh") else ("", "")
    )
    key = " ".join(words(normalise(english))) if english else ""
    return key or f"{language}:{normalise(form)}", english, kind


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
    if len(run) > 5 * _LONGEST:  # no sentence: pairs of cuts grow with the square
        return
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
        found = [re.sub("['’]s$", "", word) for word in _EN_WORD.findall(line)]
        if sum(word[:1].isupper() for word in found) > len(found) / 2:  # a headline's capitals say nothing
            found = [word if word.isupper() else word.lower() for word in found]
        for at, word in enumerate([*found, "."]):
            if len(word) > 1 and word.lower() not in _EN_STOP and not _EN_VERB(word):
                chunk.append(word[0].lower() + word[1:] if at == 0 and word[1:].islower() else word)
            elif chunk:
                yield chunk
                chunk = []


def _find_other(texts: Sequence[str]) -> list[list[str]]:
    """Longer words of a language that nothing more is known about."""
    return [[word.lower() for word in _OTHER_WORD.findall(text)] for text in texts]


_FINDERS = {"ja": _find_japanese, "zh": _find_chinese, "en": _find_english}
