"""What can be done to a PDF so that its text stays as it was, or nearly: each is found."""

import io
import json
import lzma
import sys
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "golden"))

from render_samples import SAMPLES

from briefs.config import RenderSettings, Settings, TranslateSettings
from briefs.errors import ExitCode, VerifyError
from briefs.render import FolderTemplate
from briefs.render.check import MOST_BYTES, check_pdf, read_pages
from briefs.render.manifest import BRIEF, MANIFEST, PACKED, Setting, attach, digest_pages
from briefs.render.pdf import print_pdf, write_pdf
from briefs.verify import verify
from briefs.worker import Worker

PAGE = """<html lang="en"><head><title>{{ view.title }}</title><meta name="author" content="briefs"><style>
@page { size: 90mm 70mm; margin: 12mm; @bottom-left { content: counter(page) " / " counter(pages) } }</style></head><body>
{% for theme in view.themes %}{% for item in theme.points %}{% for quote in item.quotes %}
<p lang="{{ quote.shown.lang }}">{{ quote.shown.text }}</p>{% endfor %}{% endfor %}{% endfor %}</body></html>"""


@pytest.fixture(scope="module")
def worker():
    with Worker(memory_bytes=3 << 30) as child:
        yield child


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    folder = tmp_path_factory.mktemp("template")
    (folder / "brief.html").write_text(PAGE, encoding="utf-8")
    return FolderTemplate(str(folder))


@pytest.fixture(scope="module")
def pdf(worker, template):
    brief = SAMPLES["normal"]()
    attached = attach(brief, Setting(template, "pdf/ua-1"))
    return print_pdf(template.html(brief), worker=worker, seconds=60, attached=attached).pdf


@pytest.fixture(scope="module")
def checked(worker, template):
    settings = Settings(
        translate=TranslateSettings(backend="identity"), render=RenderSettings(template=str(template.folder))
    )

    def check(pdf):
        return {check.what: check for check in verify(pdf, settings, worker=worker)}

    return check


def edited(pdf, change):
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        document.save(output)
    return output.getvalue()


def relaid(pdf, **layout):
    """The PDF as if other fonts had made it; its manifest knows its pages."""
    pages = digest_pages(read_pages(pdf))

    def change(document):
        stream = document.attachments[MANIFEST].obj.EF.F
        stream.write(json.dumps({**json.loads(stream.read_bytes()), "pages": pages, "layout": layout}).encode())

    return edited(pdf, change)


def draw(document, content):
    document.pages[0].contents_add(Stream(document, b"Q q " + content + b" Q"))


def add_sentence(document, mark=b"/P BMC"):
    font = document.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    name = str(document.pages[0].add_resource(font, Name.Font)).encode()
    draw(document, mark + b" BT " + name + b" 9 Tf 20 20 Td (The minister resigned.) Tj ET EMC")


def add_artifact(document):
    add_sentence(document, b"/Artifact BMC")


def draw_box(document):
    draw(document, b"1 1 1 rg 0 100 2000 300 re f")


def add_stamp(document):
    stamp = Stream(document, b"1 1 0 rg 0 0 400 100 re f")
    stamp.update(Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 400, 100])))
    note = Dictionary(
        Type=Name.Annot, Subtype=Name.Stamp, Rect=Array([0, 0, 400, 100]), F=4, AP=Dictionary(N=stamp), Contents="x"
    )
    document.pages[0].obj.Annots = Array([document.make_indirect(note)])


def add_action(document):
    document.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert('x')")


def hide_text(document):
    page = document.pages[0]
    page.Contents = Stream(document, page.Contents.read_bytes().replace(b"BT", b"BT 3 Tr"))


def crop(document):
    document.pages[0].obj.CropBox = Array([0, 0, 100, 100])


def change_title(document):
    document.docinfo.Title = f"RETRACTED {document.docinfo.Title}"


def change_author(document):
    document.docinfo.Author = "Someone else"


def attach_file(document, name, data, key):
    stream = document.make_indirect(Stream(document, data))
    file = document.make_indirect(Dictionary(Type=Name.Filespec, F=name, UF=name, EF=Dictionary(F=stream)))
    names = document.Root.Names.EmbeddedFiles
    names.Names = Array([key, file, *names.Names] if key < BRIEF else [*names.Names, key, file])


def test_what_was_not_touched_holds(pdf, checked):
    check = checked(pdf)["pages"]
    assert check.holds is True
    assert "byte for byte" in check.detail


@pytest.mark.parametrize("change", [draw_box, add_stamp, add_action, hide_text])
def test_what_is_not_text(pdf, checked, change):
    changed = edited(pdf, change)
    assert checked(changed)["pages"].holds is False
    # Where the look cannot be compared, that is said.
    assert checked(relaid(changed))["pages"].holds is not True


def test_pages_cut_off(pdf, checked):
    with pytest.raises(VerifyError, match="text runs off page 1"):
        checked(edited(pdf, crop))


@pytest.mark.parametrize("change", [change_title, change_author])
def test_who_and_what_the_document_says_it_is(pdf, checked, change):
    changed = edited(pdf, change)
    for each in (changed, relaid(changed)):
        check = checked(each)["pages"]
        assert check.holds is False
        assert "RETRACTED" in check.detail or "Someone else" in check.detail


class TestOtherFonts:
    def test_the_same_text_is_not_called_wrong(self, pdf, checked):
        check = checked(relaid(pdf))["pages"]
        assert check.holds is None
        assert "their text is what the data gives" in check.detail

    @pytest.mark.parametrize("change", [add_sentence, add_artifact])
    def test_an_added_sentence(self, pdf, checked, change):
        check = checked(relaid(edited(pdf, change), weasyprint="69.0"))["pages"]
        assert check.holds is False
        assert "Theministerresigned." in check.detail

    def test_a_page_taken_out(self, pdf, checked):
        def take_out(document):
            assert len(document.pages) > 1
            del document.pages[-1]

        check = checked(relaid(edited(pdf, take_out)))["pages"]
        assert check.holds is False
        assert "they lack" in check.detail

    def test_lines_and_pages_may_break_elsewhere(self, pdf, checked, worker, template):
        brief = SAMPLES["normal"]()
        html = template.html(brief).replace("size: 90mm 70mm", "size: A6")
        attached = attach(brief, Setting(template, "pdf/ua-1"))
        wide = relaid(print_pdf(html, worker=worker, seconds=60, attached=attached).pdf)
        assert len(read_pages(wide)) < len(read_pages(pdf))
        assert checked(wide)["pages"].holds is None


class TestAttachments:
    @pytest.mark.parametrize("key", ["0000", "zzz"])
    def test_two_of_one_name(self, pdf, checked, key):
        with pytest.raises(VerifyError, match=r"two files named 'brief.json'"):
            checked(edited(pdf, lambda document: attach_file(document, BRIEF, b'{"fake": true}', key)))

    @pytest.mark.parametrize("name", ["evil.exe", PACKED])
    def test_one_more(self, pdf, checked, name):
        check = checked(edited(pdf, lambda document: attach_file(document, name, b"MZ", "zzz")))["data"]
        assert check.holds is False
        assert f"another file, '{name}'" in check.detail

    @pytest.mark.parametrize("packed", [False, True])
    def test_one_that_unpacks_to_more_than_memory(self, pdf, checked, packed):
        text = bytes(MOST_BYTES + 1)

        def swap(document):
            data = lzma.compress(text, preset=0) if packed else text
            del document.attachments[BRIEF]
            attach_file(document, PACKED if packed else BRIEF, data, "zzz")

        with pytest.raises(VerifyError, match=r"too large|larger than 64 MB") as caught:
            checked(edited(pdf, swap))
        assert caught.value.exit_code is ExitCode.RENDERING

    def test_one_whose_data_takes_too_much_memory(self, pdf, template):
        def swap(document):
            document.attachments[BRIEF].obj.EF.F.write(b"[" + b"[]," * 4_500_000 + b"[]]")

        settings = Settings(render=RenderSettings(template=str(template.folder)))
        with (
            Worker(memory_bytes=300 << 20) as small,
            pytest.raises(VerifyError, match=r"memory|child process died|not a brief"),
        ):
            list(verify(edited(pdf, swap), settings, worker=small))


def test_a_hyphen_at_the_end_of_a_line_is_no_difference():
    text = "A state-of-the-art-and-well-known well-informed policy-making-body met at -3 degrees."
    pdf = write_pdf(f"<html lang=en><title>t</title><style>p {{ width: 20mm }}</style><p>{text}").pdf
    assert check_pdf(pdf, title="t", texts=[text]) == 1
