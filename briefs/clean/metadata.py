"""Who published a page, who wrote it and when, as far as its furniture says so."""

import functools
import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from briefs.clean.features import Line
from briefs.clean.lexicon import DATE

_PUBLISHERS = Path(__file__).parent.parent / "data" / "publishers.tsv"
_ERAS = {"令和": 2018, "平成": 1988}
_YMD = re.compile(r"((?:19|20)\d{2})\s*[年/.\-]\s*(\d{1,2})\s*[月/.\-]\s*(\d{1,2})")
_ERA = re.compile(r"(令和|平成)\s*(元|\d{1,2})年\s*(\d{1,2})月\s*(\d{1,2})日")
_MONTHS = {
    name: i + 1
    for i, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
}
_ENGLISH = re.compile(
    r"(?:([A-Z][a-z]{2})[a-z]*\.?\s(\d{1,2}),?\s|(\d{1,2})\s([A-Z][a-z]{2})[a-z]*\.?,?\s)((?:19|20)\d{2})"
)
_UPDATED = re.compile(r"更新|updated|閲覧|last modified", re.IGNORECASE)
_PUBLISHED = re.compile(r"公開|配信|掲載|投稿|発表|発行|published|posted|\d{1,2}[:時]\d{2}", re.IGNORECASE)

_PERSON = r"(?:[一-鿿々ヶ]{1,3}[\s ][一-鿿々ぁ-んァ-ヴー]{1,4}|[一-鿿々ヶ]{2,5}|[一-鿿々ヶ]{1,3}[ぁ-んー]{2,4}|[一-鿿々ヶ]{1,3}[ァ-ヴー]{2,4})"
_FOREIGN = r"[ァ-ヴー]{2,}(?:[・=][ァ-ヴー]{2,})+"
_LATIN = r"[A-Z][a-z]+(?:[ -](?:[A-Z]\.|[A-Z][a-z'’-]+|de|van|von)){1,3}"
_NAME = rf"(?:{_FOREIGN}|{_PERSON}|{_LATIN})"
_ROLE = (
    r"(?:記者|特派員|論説委員|編集委員|解説委員|ジャーナリスト|ライター|研究員|教授|准教授|講師|助教|学者|評論家|作家|弁護士|"
    r"アナリスト|エコノミスト|コラムニスト|コンサルタント|フェロー|編集者|編集長|経営者|医師|部長|所長|主任|氏)"
)
_LABELLED = re.compile(
    rf"(?:^|[\s(【・。])(?:取材|文|構成|執筆|執筆者|聞き手|著者|筆者|作成者|投稿者|書いた人|記事|記者|by|text by|author)(?:・(?:文|写真|構成|撮影))*\s*[/:=|>]\s*({_NAME}|[ぁ-んァ-ヴー一-鿿々]{{2,10}})",
    re.IGNORECASE,
)
_BY = re.compile(rf"^(?:by|written by)\s+({_LATIN})", re.IGNORECASE)
_WITH_ROLE = re.compile(
    rf"^[(【\[]?({_NAME})[\s ]*(?:[((][^))]*[))])?[\s :::、,/|]*[^\s。のがをにでは]{{0,20}}{_ROLE}[)】\]]?"
)
_ROLE_LAST = re.compile(rf"{_ROLE}[\s  ]+({_NAME})$")
_ALONE = re.compile(rf"^({_PERSON}|{_FOREIGN}|{_LATIN})(?:\s*[((][ぁ-ん・\sA-Za-z]+[))])?$")
# Without a word for the writer above it, a name alone must look like one: 「輸出管理」 has the form of a name too.
_SPACED = re.compile(
    rf"^([一-鿿々ヶ]{{1,3}}[\s ][一-鿿々ぁ-んァ-ヴー]{{1,4}}|{_FOREIGN}|{_LATIN})(?:\s*[((][ぁ-ん・\sA-Za-z]+[))])?$"
)
_WRITER_BELOW = re.compile(
    r"この記事を書いた|^(?:著者|執筆者|筆者|ライター)(?:プロフィール|紹介)?$|書いた人|^文$|^about the author",
    re.IGNORECASE,
)
_NOT_NAMES = re.compile(
    r"フォロー|する$|される|受け取る|新聞|通信|編集|記事|ニュース|政治|経済|国際|社会|海外|一覧|特集|速報|連載|写真|配信|撮影|公開|更新|会員|登録|関連|研究所|委員会|総合|部$|局$|省$|庁$|室$|課$|"
    r"オンライン|ビジネス|コラム|解説|外交|安全保障|地域|環境|科学|文化|生活|防衛|論考|投稿|世界|日本|科|学$|店$|株式|市$|県$|町$|大学|エネルギー"
)
_RIGHTS_OF = re.compile(
    r"([^\s。、「」()『』]{2,24}?)(?:に掲載(?:の|された)|の(?:記事|写真|コンテンツ)[^。]{0,14}(?:転載|複製)|が(?:著作権|発行))"
)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)[\s©:]*(?:\(c\)\s*)?(?:(?:19|20)\d{2}\s*(?:[-–~〜]\s*(?:19|20)\d{2})?\s*)?[,.]?\s*(.*)$",
    re.IGNORECASE,
)
_RIGHTS_TAIL = re.compile(
    r"\s*(?:all rights? reserved|無断|禁|1\d{3}[-–]|20\d\d|(?:co\.?,?\s*ltd|inc|corp(?:oration)?|ltd|company|llc)\b\.?).*$",
    re.IGNORECASE,
)
_RIGHTS = re.compile(r"©|\(c\)|copyright|無断|転載|著作権|rights reserved", re.IGNORECASE)
_EDITION = re.compile(
    r"([^\s。、「」|>]{2,16}日本(?:語)?版)|『([^』]{2,16})』\d{4}年|^\W*([^\s。、「」|>『]{2,16}?)編集部|(?:source|出典)\s*:\s*(\S{2,16})"
)
_PROVIDED = re.compile(
    r"(?:配信元?|提供元?|運営(?:会社|者)?|発行(?:元|所)?|編集・発行|掲載元?)\s*[::]\s*([^\s。、]{2,20})"
)
_NO_SITE = re.compile(
    r"^(?:\W*\d[\d\W]*|(?:本|当|この)サイト.*|.*(?:の記事|のニュース|一覧|ランキング|ログイン|会員登録|ポリシー|について|お問い?合わせ|読者になる|ページ.*|メニュー|検索|トップ.*|ホーム|記事.*)"
    r"|ニュース(?:リリース)?|速報|政治|経済|国際|社会|ワールド|ビジネス|特集|連載|コラム|オピニオン|論考|スポーツ|文化|科学|海外|国内|総合|.*移動|.*進む|スキップ.*|.*飛ばす|アクセス|投資|国際情勢|目次|.*登録する|投稿|共有|評論|金融|分析|最新.*|新着.*|関連.*|無断.*|禁.*"
    r"|news|home|menu|search|login|world|business|opinion|top|all|the|reserved|rights|copyright|powered|by)$|してい|ください|https?|してお|責任|[。!?]",
    re.IGNORECASE,
)
PUBLISHER_VOTES = 1.9  # measured on training/pages: below this a name is as often wrong as right
_AGENCIES = frozenset({"Reuters", "Kyodo News", "Jiji Press", "AFP", "Associated Press"})


@functools.cache
def load_publishers() -> dict[str, str]:
    """Names of outlets as they stand in Japanese furniture, with their English."""
    rows = _PUBLISHERS.read_text(encoding="utf-8").splitlines()[1:]
    return dict(row.split("\t")[:2] for row in rows if row)


def find_dates(text: str) -> Iterator[date]:
    """Complete dates in a line: Western, with slashes, by era, or English."""
    folded = unicodedata.normalize("NFKC", text)
    for m in _YMD.finditer(folded):
        yield from _valid(int(m[1]), int(m[2]), int(m[3]))
    for m in _ERA.finditer(folded):
        yield from _valid(_ERAS[m[1]] + (1 if m[2] == "元" else int(m[2])), int(m[3]), int(m[4]))
    for m in _ENGLISH.finditer(folded):
        month = _MONTHS.get((m[1] or m[4]).lower())
        if month:
            yield from _valid(int(m[5]), month, int(m[2] or m[3]))


def _valid(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return


def find_published(lines: Sequence[Line], labels: Sequence[str], latest: date) -> date | None:
    """The publication date: a full date on a furniture line near the title, never later than `latest`.

    Dates in the future are refused: pages carry countdowns, events and scripts (adbar/htmldate#28).
    """
    anchor = _anchor(labels)
    found = []
    for i, line in enumerate(lines):
        near = -8 <= i - anchor <= 14
        if labels[i] in ("body", "title") or not DATE.search(unicodedata.normalize("NFKC", line.text)):
            continue
        for day in find_dates(line.text):
            if day <= latest:
                cost = abs(i - anchor) + (0 if near else 30) + (0 if i > anchor else 2) + (line.length > 34) * 10
                cost += (
                    3 * bool(_UPDATED.search(line.text))
                    - 4 * bool(_PUBLISHED.search(line.text))
                    + (labels[i] == "after") * 25
                )
                found.append((cost, i, day))
                break
    if not found or min(found)[0] > 60:
        return None
    return min(found)[2]


def find_byline(lines: Sequence[Line], labels: Sequence[str]) -> str | None:
    """The writer's name: a labelled or titled name near the title or the end, or a name alone on a line below it."""
    anchor = _anchor(labels)
    end = max((i for i, label in enumerate(labels) if label == "body"), default=anchor)
    candidates = []
    for i, line in enumerate(lines):
        if labels[i] in ("body", "title"):
            continue
        folded = unicodedata.normalize("NFKC", line.text)
        distance = min(abs(i - anchor), abs(i - end) + 3)
        if distance > 14 or line.length > 60:
            continue
        below = i and _WRITER_BELOW.search(lines[i - 1].text)
        patterns = [(_LABELLED, 0), (_BY, 0), (_WITH_ROLE, 4), (_ROLE_LAST, 5)]
        if below or (0 < i - anchor <= 6 and i < end):
            patterns.append((_ALONE, 0) if below else (_SPACED, 6))
        for pattern, cost in patterns:
            match = pattern.search(folded)
            if match and not _NOT_NAMES.search(match[1]) and 2 < len(match[1]) <= 30:
                name = re.sub(r"(?:さん|氏|記者)$|^\S+[部局室課社][\s ]", "", match[1]).strip()
                candidates.append((cost + distance / 4, i, name))
                break
    return min(candidates)[2] if candidates else None


def find_publisher(lines: Sequence[Line], labels: Sequence[str]) -> str | None:
    """The outlet, in English where it is known: what rights notices, the top and the foot of the page call the site."""
    texts = [
        unicodedata.normalize("NFKC", line.text)
        for line, label in zip(lines, labels, strict=True)
        if label not in ("body", "title") and not {"caption", "ranked"} & set(line.classes)
    ]
    rights = [text for text in texts if _RIGHTS.search(text)]
    foot = {part for text in texts[-15:] for part in _parts(text)}
    votes: dict[str, float] = {}
    for name, weight in _site_names(texts, rights):
        bare = re.sub(r"\([^)]*\)?$", "", name).strip(" |:-–—・/>【】[]()『』「」,、。.©")
        if (
            2 <= len(bare) <= 32
            and not re.search("[、,，?？]", bare)
            and not _NO_SITE.search(bare)
            and not DATE.search(bare)
        ):
            votes[bare] = max(votes.get(bare, 0), weight)
    if not votes:
        return None
    known = load_publishers()
    japanese = sum(line.words != set() and not line.text.isascii() for line in lines) > len(lines) / 2
    for name in votes:
        votes[name] += 0.6 * min(3, sum(name in text for text in texts) - 1) + 1.2 * any(
            name in text for text in rights
        )
        votes[name] += 1.0 * bool(_SITE.search(name)) + 2.0 * (name in known) + 0.4 * (name in foot)
        votes[name] -= 1.2 * (japanese and name.isascii())
    best = max(votes, key=lambda name: (votes[name], len(name)))
    return known.get(best, best) if votes[best] >= PUBLISHER_VOTES else None


def _site_names(texts: Sequence[str], rights: Sequence[str]) -> Iterator[tuple[str, float]]:
    """What could be the site's name, with a first weight."""
    known = load_publishers()
    for text in rights:
        for match in _RIGHTS_OF.finditer(text):
            yield match[1], 1.5
        if owner := _COPYRIGHT.search(text):
            yield _RIGHTS_TAIL.sub("", owner[1]), 1.0
    for place, text in enumerate(texts):
        if len(text) <= 28 and (place < 6 or place >= len(texts) - 12):
            # The first line of a page is its masthead, more often than not.
            yield text, (1.5, 1.0, 0.4, 0.4, 0.2, 0.2)[place] if place < 6 else 0.2
        if place < 3 or place >= len(texts) - 12:
            for part in _parts(text):
                yield part, 0.2
        if len(text) < 40:
            for match in _EDITION.finditer(text):
                yield next(filter(None, match.groups())), 1.2
            if provider := _PROVIDED.search(text):
                yield provider[1], 1.2
            # A wire agency is credited everywhere; its own site names it in its rights notice as well.
            yield from (
                (name, -1.0 if known[name] in _AGENCIES or name.endswith("省") else 1.5)
                for name in known
                if name in text
            )


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"\s*[|>»:/]\s*|\s{2,}", text) if part] if len(text) < 60 else []


_SITE = re.compile(
    r"(?:新聞|ニュース|通信社?|オンライン|ドットコム|デジタル|NEWS|Online|Japan|Journal|Times|研究所|財団|省|庁|大学|株式会社|放送|テレビ|WEB|日報|ジャーナル|マガジン|センター|協会|機構|日本版|タイムズ)",
    re.IGNORECASE,
)


def _anchor(labels: Sequence[str]) -> int:
    """The line of the title, or the first of the body."""
    for wanted in ("title", "body"):
        if wanted in labels:
            return list(labels).index(wanted)
    return 0
