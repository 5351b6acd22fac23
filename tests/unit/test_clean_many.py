"""Many documents are shared out among processes, and nothing but the time changes."""

import random
from datetime import date

from briefs.brief import Brief, Document, Severity
from briefs.clean import PARALLEL, clean
from briefs.config import Limits

DAY = date(2026, 11, 20)
WORDS = (
    "政府 協定 両国 輸出 手続き 関係者 支援 予算 会談 首脳 防衛 海洋 "
    "半導体 電力 気候 貿易 港湾 通信 外相 企業 投資 研究 法案 議会"
).split()


def documents(count):
    """Articles of their own words each, so that none is another's near-duplicate."""
    rng = random.Random(1)

    def text(n):
        sentences = ("と".join(rng.sample(WORDS, 5)) + f"について{n}回の協議を開いた。" for _ in range(4))
        return f"第{n}回協議の結果\n\n" + "".join(sentences)

    return tuple(Document(source=f"{n}.txt", sha256=str(n), format="txt", text=text(n)) for n in range(count))


def cleaned(documents):
    return clean(Brief(name="b", title="t", date=DAY, documents=documents), Limits(seconds=2.0))


def test_many_give_what_few_give_in_the_same_order():
    many = documents(2 * PARALLEL)
    together = cleaned(many)
    apart = [article for start in range(0, len(many), 16) for article in cleaned(many[start : start + 16]).articles]
    assert [article.source for article in together.articles] == [document.source for document in many]
    assert list(together.articles) == apart


def test_pages_that_break_their_parser_are_named_and_the_rest_goes_on():
    deep = Document(source="deep.html", sha256="x", format="html", text="<div>" * 100_000 + "文。")
    empty = Document(
        source="empty.html", sha256="y", format="html", text="<html><body><script>x</script></body></html>"
    )
    done = cleaned((*documents(PARALLEL), deep, empty))
    assert len(done.articles) >= PARALLEL
    assert {problem.source for problem in done.problems if problem.severity is Severity.ERROR} >= {"empty.html"}
