"""What PDF/UA-1 and PDF/A-3u ask for and pikepdf can see; docs/verify.md says what these checks are and are not."""

import functools
import io
import itertools
import re
import sys
from pathlib import Path

import pikepdf
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))

from render_samples import SAMPLES, rendered

from briefs.render import FolderTemplate, render

SHOWS = {"Tj", "TJ", "'", '"'}
PAINTS = {"f", "f*", "F", "S", "s", "B", "B*", "b", "b*", "sh", "Do", "EI"}
SCRIPTS = {
    "ja": "[ぁ-ゖァ-ヺ]",
    "ar": "[ء-ي]",
    "he": "[א-ת]",
    "ru": "[а-яА-Я]",
    "hi": "[अ-ह]",
    "th": "[ก-ฮ]",
    "ko": "[가-힣]",
}


@functools.cache
def opened(name, variant):
    pdf = rendered(name).files["pdf"] if variant == "pdf/ua-1" else archived(name)
    return Tree(pikepdf.open(io.BytesIO(pdf)))


def archived(name):
    return render(SAMPLES[name](), template=FolderTemplate(), formats=("pdf",), seconds=120, variant="pdf/a-3u").files[
        "pdf"
    ]


@pytest.fixture(params=[("normal", "pdf/ua-1"), ("heavy", "pdf/ua-1"), ("normal", "pdf/a-3u")], ids=" ".join)
def tree(request):
    return opened(*request.param)


class Tree:
    """A tagged PDF: its elements with the language that holds for each, and its text by page and marked content."""

    def __init__(self, document):
        self.document = document
        self.root = document.Root
        self.elements = []  # (element, language)
        self.of_content = {}  # (page, marked content) -> (element, language)
        self._walk(self.root.StructTreeRoot.K, str(self.root.Lang), None)
        self.texts, self.loose, self.margins = {}, [], [[] for _ in document.pages]
        for page in document.pages:
            self._read(page)

    def _walk(self, kids, language, parent):
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, int):
                element = parent
                self.of_content[element.Pg.objgen, kid] = (element, language)
            elif "/S" in kid:
                own = str(kid.Lang) if "/Lang" in kid else language
                self.elements.append((kid, own))
                self._walk(kid.get("/K", pikepdf.Array()), own, kid)

    def _read(self, page):
        fonts = {name: _letters(font) for name, font in page.Resources.Font.items()}
        open_, font = [], None
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in ("BMC", "BDC"):
                open_.append((str(operands[0]), operands[1] if len(operands) > 1 else None))
            elif name == "EMC":
                open_.pop()
            elif name == "Tf":
                font = fonts[str(operands[0])]
            elif name in SHOWS | PAINTS:
                self._place(page, open_, _decode(operands, font) if name in SHOWS else "")

    def _place(self, page, open_, text):
        marked = [properties for _, properties in open_ if properties is not None and "/MCID" in properties]
        artifact = [properties for tag, properties in open_ if tag == "/Artifact"]
        if marked:
            key = (page.objgen, int(marked[-1].MCID))
            self.texts[key] = self.texts.get(key, "") + text
        elif not artifact:
            self.loose.append((page.index, text))
        elif text:
            assert artifact[-1] is not None
            assert artifact[-1].Type == "/Pagination"
            self.margins[page.index].append(text)

    def named(self, *tags):
        return [element for element, _ in self.elements if str(element.S)[1:] in tags]


def _letters(font):
    pairs = re.findall(rb"<(\w{4})> <(\w+)>", font.ToUnicode.read_bytes())
    return {bytes.fromhex(glyph.decode()): bytes.fromhex(code.decode()).decode("utf-16-be") for glyph, code in pairs}


def _decode(operands, letters):
    parts = operands[0] if isinstance(operands[0], pikepdf.Array) else [operands[0]]
    data = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
    return "".join(letters.get(data[n : n + 2], "") for n in range(0, len(data), 2))


def test_everything_drawn_is_text_of_the_tree_or_an_artifact(tree):
    assert tree.loose == []
    assert set(tree.texts) <= set(tree.of_content)


def test_running_heads_and_page_numbers_are_artifacts(tree):
    pages = len(tree.document.pages)
    for number, margin in enumerate(tree.margins, 1):
        assert f"{number} / {pages}" in "".join(margin)
    assert not any(re.fullmatch(r"\d+ / \d+", text.strip()) for text in tree.texts.values())


def test_every_passage_has_its_language(tree):
    wrong = []
    found = set()
    for key, text in tree.texts.items():
        for language, letters in SCRIPTS.items():
            # A foreign word in a sentence, or a figure in one, does not make it of another language.
            if len(re.findall(letters, text)) > 0.8 * len(re.findall(r"\w", text)):
                found.add(language)
                if tree.of_content[key][1].partition("-")[0] != language:
                    wrong.append((tree.of_content[key][1], text))
    assert found & {"ja", "ar"}
    assert wrong == []


def test_the_words_of_the_program_are_in_the_language_of_the_brief(tree):
    words = ("Sources", "Method and limits", "characters", "Cited sentences")
    languages = {tree.of_content[key][1] for key, text in tree.texts.items() if text.startswith(words)}
    assert languages == {"en"}


def test_headings_are_in_order(tree):
    levels = [int(str(element.S)[2:]) for element in tree.named("H1", "H2", "H3", "H4", "H5", "H6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_tables_have_headers_with_a_scope_and_cells_that_name_them(tree):
    names = tree.root.StructTreeRoot.IDTree.Names
    ids = {bytes(name): element for name, element in zip(names[::2], names[1::2], strict=True)}
    assert [bytes(name) for name in names[::2]] == sorted(ids)
    heads = tree.named("TH")
    assert heads
    assert {str(head.A.Scope) for head in heads} == {"/Column", "/Row"}
    assert {bytes(head.ID) for head in heads} == set(ids)
    for cell in tree.named("TD"):
        named = [ids[bytes(name)] for name in cell.A.Headers]
        assert any(str(head.A.Scope) == "/Column" for head in named)
        assert sum(str(head.A.Scope) == "/Row" for head in named) <= 1


def test_the_head_of_a_group_of_rows_heads_its_own_rows_only(tree):
    for body in tree.named("TBody"):
        own = {bytes(head.ID) for row in body.K for head in row.K if str(head.S) == "/TH"}
        for row in body.K:
            for cell in (each for each in row.K if str(each.S) == "/TD"):
                assert own <= {bytes(name) for name in cell.A.Headers}


def test_figures_have_a_text_and_a_frame_on_their_page(tree):
    for figure in tree.named("Figure"):
        assert str(figure.Alt).strip()
        left, bottom, right, top = (float(number) for number in figure.A.BBox)
        width, height = (float(number) for number in figure.Pg.MediaBox[2:])
        assert 0 <= left < right <= width + 1
        assert 0 <= bottom < top <= height + 1


def test_links_are_in_the_tree_and_say_where_they_lead(tree):
    named = {kid.Obj.objgen for link in tree.named("Link") for kid in link.K if not isinstance(kid, int)}
    numbers = tree.root.StructTreeRoot.ParentTree.Nums
    parents = dict(zip(map(int, numbers[::2]), numbers[1::2], strict=True))
    links = [link for page in tree.document.pages for link in page.get("/Annots", ())]
    assert links
    for link in links:
        assert link.objgen in named
        assert str(link.Contents)
        assert str(parents[int(link.StructParent)].S) == "/Link"


def test_the_reader_is_told_title_language_and_order(tree):
    root = tree.root
    assert root.MarkInfo.Marked
    assert root.ViewerPreferences.DisplayDocTitle
    assert str(root.Lang) == "en"
    assert all(str(page.Tabs) == "/S" for page in tree.document.pages)
    with tree.document.open_outline() as outline:
        assert {"Sources", "Method and limits"} <= {item.title for item in outline.root}
    assert str(tree.document.docinfo.Title).startswith(("Harbour brief", "Heavy brief"))


def test_fonts_are_embedded_and_can_be_read_back(tree):
    for page in tree.document.pages:
        for font in page.Resources.Font.values():
            (descendant,) = font.DescendantFonts
            assert {"/FontFile2", "/FontFile3"} & set(descendant.FontDescriptor.keys())
            assert "/ToUnicode" in font


@pytest.mark.parametrize(("variant", "archive"), [("pdf/ua-1", False), ("pdf/a-3u", True)])
def test_the_metadata_say_what_the_file_conforms_to(variant, archive):
    document = opened("normal", variant).document
    packet = document.Root.Metadata.read_bytes().decode()
    assert packet.count("<rdf:RDF") == packet.count("</rdf:RDF>") == 1
    assert str(document.docinfo.CreationDate) == "D:20261120000000Z"
    metadata = document.open_metadata()
    assert metadata["pdfuaid:part"] == "1"
    assert metadata["dc:title"] == str(document.docinfo.Title)
    assert metadata.get("pdfaid:part") == ("3" if archive else None)
    assert metadata.get("pdfaid:conformance") == ("U" if archive else None)
    assert metadata["xmp:CreateDate"] == "2026-11-20T00:00:00Z"
    assert ("pdfaExtension:schemas" in packet) is archive


def test_an_archive_needs_nothing_from_outside_and_runs_nothing():
    document = opened("normal", "pdf/a-3u").document
    (intent,) = document.Root.OutputIntents
    assert str(intent.S) == "/GTS_PDFA1"
    assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"
    assert len(document.trailer.ID) == 2
    assert not document.is_encrypted
    assert {"/OpenAction", "/AA"}.isdisjoint(document.Root.keys())
    assert "/JavaScript" not in document.Root.Names
    attached = [spec.obj for spec in document.attachments.values()]
    assert [str(spec.AFRelationship) for spec in attached] == ["/Source", "/Supplement"]
    assert {spec.objgen for spec in attached} == {spec.objgen for spec in document.Root.AF}
    links = [link for page in document.pages for link in page.get("/Annots", ())]
    assert all(int(link.F) & 4 and not int(link.F) & 2 for link in links)
    filters = {str(stream.get("/Filter")) for stream in document.objects if isinstance(stream, pikepdf.Stream)}
    assert filters <= {"/FlateDecode", "None"}
