"""The essentials of an accessible page, without a browser; scripts/accessibility has axe-core look at the rest."""

import itertools
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))

from render_samples import SAMPLES

from briefs.render import FolderTemplate

VOID = {
    "meta",
    "br",
    "link",
    "hr",
    "img",
    "input",
    "col",
    "path",
    "rect",
    "line",
    "circle",
    "use",
    "polyline",
    "polygon",
}


class Element:
    def __init__(self, tag, attributes, parent):
        self.tag, self.attributes, self.parent = tag, dict(attributes), parent
        self.children, self.text = [], ""

    def all(self, *tags):
        for child in self.children:
            if not tags or child.tag in tags:
                yield child
            yield from child.all(*tags)

    @property
    def whole_text(self):
        return " ".join([self.text, *(child.whole_text for child in self.children)]).strip()

    @property
    def language(self):
        return self.attributes.get("lang") or (self.parent.language if self.parent else "")


class Page(HTMLParser):
    """A tree of the elements of a page."""

    def __init__(self, html):
        super().__init__()
        self.root = self.here = Element("", {}, None)
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        element = Element(tag, attrs, self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag, attrs):
        self.here.children.append(Element(tag, attrs, self.here))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert tag == self.here.tag, f"</{tag}> closes <{self.here.tag}>"
            self.here = self.here.parent

    def handle_data(self, data):
        self.here.text += data


@pytest.fixture(params=[(template, name) for template in ("policy", "digest") for name in SAMPLES], ids=" ".join)
def root(request):
    template, name = request.param
    return Page(FolderTemplate(template).html(SAMPLES[name]())).root


def test_the_page_has_a_title_a_language_and_one_main_part(root):
    (page,) = root.children
    assert page.attributes["lang"] == "en"
    assert next(root.all("title")).text
    assert len(list(root.all("main"))) == len(list(root.all("h1"))) == 1


def test_headings_are_in_order(root):
    levels = [int(heading.tag[1]) for heading in root.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert all(heading.whole_text for heading in root.all("h1", "h2", "h3", "h4"))


def test_tables_have_heads_with_a_scope(root):
    for table in root.all("table"):
        heads = list(table.all("th"))
        assert heads
        assert {head.attributes.get("scope") for head in heads} <= {"col", "row", "rowgroup", "colgroup"}


def test_links_have_a_name_and_do_not_hide_in_another(root):
    for link in root.all("a"):
        assert link.whole_text
        assert not list(link.all("a"))


def test_drawings_have_a_name(root):
    for drawing in root.all("svg"):
        assert drawing.attributes.get("role") == "img"
        named = drawing.attributes.get("aria-label") or drawing.attributes.get("aria-labelledby")
        assert named or any(child.tag == "title" and child.text for child in drawing.children)


def test_what_is_named_by_another_element_is_named_by_one_that_is_there(root):
    ids = {element.attributes["id"] for element in root.all() if "id" in element.attributes}
    for element in root.all():
        for name in ("aria-labelledby", "aria-describedby"):
            assert set(element.attributes.get(name, "").split()) <= ids


def test_lists_hold_items_only(root):
    for items in root.all("ul", "ol"):
        assert {child.tag for child in items.children} == {"li"}
    for item in root.all("li"):
        assert item.parent.tag in ("ul", "ol")


def test_passages_are_in_their_language(root):
    for element in root.all():
        letters = re.findall(r"\w", element.text)
        if len(re.findall("[ぁ-ゖァ-ヺ]", element.text)) > 0.3 * max(1, len(letters)):
            assert element.language == "ja", element.text
        if len(re.findall("[ء-ي]", element.text)) > 0.8 * max(1, len(letters)):
            assert element.language == "ar", element.text


def test_the_page_can_be_made_larger(root):
    (viewport,) = (meta for meta in root.all("meta") if meta.attributes.get("name") == "viewport")
    assert "user-scalable" not in viewport.attributes["content"]
    assert "maximum-scale" not in viewport.attributes["content"]
