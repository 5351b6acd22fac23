"""What every template has to hold to, the built-in ones and any other."""

import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))

from render_samples import SAMPLES

from briefs.registry import BUILTINS, load_backend


class Page(HTMLParser):
    """Collects what a page could do harm with."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.fetched, self.handlers, self.text = set(), [], [], [], []
        self.ids = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            if name == "href":
                self.links.append(value)
            elif name in ("src", "srcset", "data", "action", "background", "poster"):
                self.fetched.append(value)
            elif name.startswith("on"):
                self.handlers.append(name)
            elif name == "id":
                self.ids.append(value)

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(params=[*sorted(BUILTINS["template"]), "digest"])
def template(request):
    if request.param == "digest":
        return load_backend("template", "folder")("digest")
    return load_backend("template", request.param)()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_page_is_whole_and_harmless(template, name):
    html = template.html(SAMPLES[name]())
    page = Page(html)
    assert html.lstrip().lower().startswith("<!doctype html>")
    assert {"html", "head", "title", "body", "h1"} <= page.tags
    assert not page.tags & {"script", "link", "iframe", "object", "embed", "img", "form", "base"}
    assert not page.tags & {"use", "image", "foreignobject", "animate", "set"}
    assert not page.fetched
    assert not page.handlers
    assert all(link.startswith(("#", "http://", "https://")) for link in page.links)
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    assert not any(sign in html for sign in ("url(", "@import", "\u202e", "\x07"))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_same_brief_gives_the_same_page(template, name):
    assert template.html(SAMPLES[name]()) == template.html(SAMPLES[name]())


def test_title_and_hostile_text_are_shown_as_text(template):
    text = " ".join("".join(Page(template.html(SAMPLES["heavy"]())).text).split())
    assert "Heavy brief" in text
    assert "<script>alert(1)</script>" in text
    assert "{{ 7*7 }}" in text
