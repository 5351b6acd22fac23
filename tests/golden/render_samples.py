"""Invented briefs for the tests of rendering, and their PDFs, each rendered once in a test run."""

import dataclasses
import functools
import re
from datetime import date

from briefs.brief import (
    Article,
    Brief,
    Flag,
    Kind,
    Origin,
    PackInfo,
    Point,
    Problem,
    Provenance,
    Removed,
    Sentence,
    Severity,
    Theme,
)
from briefs.render import FolderTemplate, Rendered, render

HARBOUR = (
    (Kind.HEADING, "港の拡張計画", "The plan to enlarge the harbour", ()),
    (
        Kind.SENTENCE,
        "青葉市は港の拡張に12億円を充てると発表した。",
        "Aoba City announced that it would put 1.2 billion yen into enlarging the harbour.",
        (),
    ),
    (
        Kind.SENTENCE,
        "工事は2027年4月に始まり、三年で終わる見込みだ。",
        "Work is to begin in spring and to end in three years.",
        (
            Flag(
                code="date",
                message="A date was not found in the translation.",
                source="2027年4月",
                rendering="April 2027",
            ),
        ),
    ),
    (Kind.HEADING, "漁協の反応", "What the fishing cooperative says", ()),
    (
        Kind.SENTENCE,
        "漁協は12月10日までに冬の漁への影響を調べるよう求めた。",
        "The cooperative asked for a study of the effect on winter fishing by 10 December.",
        (),
    ),
    (Kind.SENTENCE, "市長は11月28日に説明会を開くと約束した。", None, ()),
)
FERRY = (
    (Kind.SENTENCE, "The ferry company welcomed the wider harbour.", None, ()),
    (Kind.SENTENCE, "It will add two crossings a day from 1 June 2027.", None, ()),
)
NOTES = {
    16: "Ships from Japan and Norway lay at the quay.",
    17: "Norway sent two ships, Canada one.",
    18: "Canada and Japan talked of the winter catch.",
    20: "A ship from Norway left for Canada.",
}
HOSTILE = (
    'A <script>alert(1)</script> "quote" & {{ 7*7 }} {% raw %} \u202eevil\u202c \x07 # *bold* [x](javascript:alert(1))'
)
SCRIPTS = {
    "ar": "أعلنت البلدية خطة جديدة بقيمة 3.5 مليون دولار لتوسيع الميناء.",
    "he": "העירייה הודיעה על תוכנית (חדשה) להרחבת הנמל.",
    "zh": "市政府宣布扩建港口的新计划。",
    "ko": "시 정부는 항만 확장 계획을 발표했다.",
    "ru": "Город объявил о новом плане расширения порта.",
    "hi": "नगर ने बंदरगाह के विस्तार की घोषणा की।",
    "th": "เมืองประกาศแผนขยายท่าเรือ",
    "en": "The harbour 🧪 is open, say Japan, Norway and Canada.",
}


def sentences(rows, language="ja"):
    """Sentences with the offsets that they have in a text of a line each."""
    found, start = [], 0
    for index, (kind, text, translation, flags) in enumerate(rows, 1):
        found.append(
            Sentence(
                index=index, kind=kind, text=text, start=start, end=start + len(text), block=index - 1,
                language=language, translation=translation, flags=flags,
            )
        )  # fmt: skip
        start += len(text) + 1
    return tuple(found)


def article(id_, rows, language="ja", **fields):
    """An article of those rows, found at one place unless `origins` says more."""
    fields.setdefault("origins", (Origin(source=f"in/{id_}.txt", sha256="0" * 64),))
    return Article(id=id_, blocks=(), language=language, sentences=sentences(rows, language), **fields)


def point(theme, article_id, *indices, **fields):
    """A point on the sentences with those indices."""
    return Point(theme=theme, article=article_id, sentences=indices, **fields)


PROVENANCE = Provenance(
    versions={"briefs": "0.1.0", "python": "3.11"},
    config_sha256="ab" * 32,
    packs=(
        PackInfo(name="ja_en", version="0.1", source="ja", target="en", sha256="cd" * 32, origin="built-in"),
    ),
    counts={"lines_read": 48},
)  # fmt: skip
PROBLEM = Problem(source="/somewhere/broken.pdf", stage="ingest", message="not a PDF", hint="save the page again")
PLAIN = Brief(
    name="daily",
    title="Harbour brief",
    date=date(2026, 11, 20),
    provenance=PROVENANCE,
    problems=(dataclasses.replace(PROBLEM, severity=Severity.WARNING),),
)


def normal():
    """Three articles, two of them cited, one theme without points, a flag, an untranslated sentence."""
    harbour = article(
        "harbour", HARBOUR, title="港の拡張、来春着工へ", title_translation="Harbour works to begin next spring",
        publisher="Aoba Shimbun", published=date(2026, 11, 19), removed=(Removed(text="メニュー", reason="menu"),),
        origins=(
            Origin(source="https://aoba.example/news/1", sha256="0" * 64, url="https://aoba.example/news/1"),
            Origin(source="in/copy.html", sha256="1" * 64, publisher="Kita Wire"),
        ),
    )  # fmt: skip
    ferry = article("ferry", FERRY, "en", title="Ferry line glad of wider harbour", publisher="Bay Post", updated=True)
    rest = article("rest", HARBOUR[:1], title="別の記事")
    more = tuple(
        article(
            f"more{day}", [(Kind.SENTENCE, text, None, ())], "en", title=f"Notes from the quay, {day}",
            publisher="Bay Post", published=date(2026, 11, day),
        )
        for day, text in NOTES.items()
    )  # fmt: skip
    points = (
        point("port", "harbour", 2, corroborated_by=("ferry",)),
        point("port", "harbour", 3),
        point("port", "ferry", 2),
    )
    themes = (
        Theme(
            id="port",
            title="Ports",
            description="Harbours and ships.",
            points=points,
            articles=("harbour", "ferry", "more16", "more20"),
            change=2,
        ),
        Theme(
            id="fish",
            title="Fishing",
            points=(point("fish", "harbour", 5, 6, new=False),),
            articles=("harbour", "more17", "more18"),
            change=-1,
        ),
        Theme(id="rail", title="Railways"),
        Theme(id="road", title="Roads"),
    )
    highlights = (points[0], points[2])
    return dataclasses.replace(PLAIN, articles=(rest, harbour, ferry, *more), themes=themes, highlights=highlights)


def empty():
    """A day without articles."""
    return dataclasses.replace(PLAIN, themes=(Theme(id="port", title="Ports"), Theme(id="rail", title="Railways")))


def heavy():
    """Forty sources, long headlines, mixed scripts, right-to-left quotations, hostile text."""
    articles = []
    for number in range(40):
        language = list(SCRIPTS)[number % len(SCRIPTS)]
        translation = "Report on works. " * 5 if language == "ru" else None
        rows = [(Kind.SENTENCE, f"{SCRIPTS[language]} {n}", translation, ()) for n in range(1, 4)]
        if number == 7:
            rows[0] = (Kind.SENTENCE, HOSTILE, None, ())
        title = (
            "A long headline about the harbour and what it means " * 6 if number % 10 == 0 else f"Headline {number}"
        ) + ("x" * 500 if number == 10 else "")
        url = (
            "javascript:alert(1)"
            if number == 11
            else f"https://example.org/{'path-' * (60 if number == 3 else 1)}{number}?q=港"
        )
        origins = tuple(Origin(source=url, sha256="0" * 64, url=url) for _ in range(1 + number % 2))
        articles.append(
            article(
                f"a{number:02}",
                rows,
                language,
                title=title,
                publisher=f"Paper {number % 6}",
                origins=origins,
                published=date(2026, 11, 1 + number * number % 19),
            )
        )
    themes = []
    for t in range(3):
        chosen = [(t * 6 + n, t + n) for n in range(6)]
        points = tuple(point(f"t{t}", f"a{a:02}", 1, 2, corroborated_by=(f"a{b:02}",)) for a, b in chosen)
        title = f"Theme {t}" + ", which has a very long title with تخطيط الموانئ in it" * (t == 1)
        ids = tuple(f"a{n:02}" for n in range(t * 6, 40, t + 2))
        themes.append(
            Theme(
                id=f"t{t}",
                title=title,
                description="What belongs to it.",
                points=points,
                articles=ids,
                change=5 - 4 * t,
            )
        )
    return dataclasses.replace(
        PLAIN, title="Heavy brief", articles=tuple(articles), themes=tuple(themes), highlights=themes[1].points[:5]
    )


SAMPLES = {"normal": normal, "empty": empty, "heavy": heavy}


@functools.cache
def rendered(name) -> Rendered:
    """The sample in every format."""
    return render(SAMPLES[name](), template=FolderTemplate(), formats=("pdf", "html", "md", "json"), seconds=120)


def digest(pdf):
    """What has to stay the same in a PDF while nobody means to change it."""
    import pypdfium2
    import pypdfium2.raw as pdfium

    with pypdfium2.PdfDocument(pdf) as document:
        pages, links, names = [], 0, set()
        for page in document:
            text = page.get_textpage()
            pages.append(re.sub(r"\s+", " ", text.get_text_range()).strip())
            annotations = (pdfium.FPDFPage_GetAnnot(page, n) for n in range(pdfium.FPDFPage_GetAnnotCount(page)))
            for annotation in annotations:
                links += pdfium.FPDFAnnot_GetSubtype(annotation) == pdfium.FPDF_ANNOT_LINK
                pdfium.FPDFPage_CloseAnnot(annotation)
            names |= {
                item.get_font().get_base_name().partition("+")[2]
                for item in page.get_objects([pdfium.FPDF_PAGEOBJ_TEXT])
            }
            text.close()
            page.close()
        outline = [(item.level, item.get_title()) for item in document.get_toc()]
        metadata = {key: document.get_metadata_value(key) for key in ("Title", "Author", "CreationDate", "ModDate")}
    return {
        "pages": pages,
        "outline": [list(item) for item in outline],
        "links": links,
        "fonts": sorted(names),
        "metadata": metadata,
    }
