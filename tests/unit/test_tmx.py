"""TMX: what is written is valid and read back the same; what is read may be anybody's, hostile or broken."""

import io
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from briefs.brief import Flag, PackInfo, Translated
from briefs.errors import ConfigError, InputError
from briefs.workspace import Entry, Maker, TranslationMemory, export_memory, import_memory, tmx
from briefs.workspace.tmx import Unit, is_holdable, read_units, tmx_chunks

PACK = PackInfo(name="translate-ja_en", version="1.1", source="ja", target="en", sha256="ab" * 32, origin="installed")
MAKER = Maker("engine", "ja", "en", (PACK,))
FLAG = Flag(code="amount", message="3万\0 is not in the translation", source="3万", rendering="30,000")
# The parts of tmx14.dtd that we write.
DTD = """
<!ELEMENT tmx (header, body)> <!ATTLIST tmx version CDATA #REQUIRED>
<!ELEMENT header (note|prop|ude)*>
<!ATTLIST header creationtool CDATA #REQUIRED creationtoolversion CDATA #REQUIRED o-tmf CDATA #REQUIRED
  segtype (block|paragraph|sentence|phrase) #REQUIRED adminlang CDATA #REQUIRED srclang CDATA #REQUIRED
  datatype CDATA #REQUIRED o-encoding CDATA #IMPLIED creationdate CDATA #IMPLIED>
<!ELEMENT note (#PCDATA)> <!ELEMENT ude EMPTY>
<!ELEMENT prop (#PCDATA)> <!ATTLIST prop type CDATA #REQUIRED>
<!ELEMENT body (tu*)>
<!ELEMENT tu ((note|prop)*, tuv+)> <!ATTLIST tu srclang CDATA #IMPLIED creationdate CDATA #IMPLIED>
<!ELEMENT tuv ((note|prop)*, seg)> <!ATTLIST tuv xml:lang CDATA #REQUIRED>
<!ELEMENT seg (#PCDATA)>
"""
HEADER = '<header creationtool="t" srclang="ja"/>'
ANY_TEXT = st.text(st.characters(), min_size=1)


@pytest.fixture
def memory(tmp_path):
    store = TranslationMemory(tmp_path / "store.sqlite3", clock=lambda: 1_700_000_000)
    yield store
    store.close()


def document(body, *, prolog='<?xml version="1.0" encoding="UTF-8"?>', header=HEADER):
    return f'{prolog}<tmx version="1.4">{header}<body>{body}</body></tmx>'


def tu(ja="日本語。", en="English.", more=""):
    return f'<tu>{more}<tuv xml:lang="ja"><seg>{ja}</seg></tuv><tuv xml:lang="en"><seg>{en}</seg></tuv></tu>'


def put(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "their.tmx"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def read(tmp_path, text, encoding="utf-8"):
    skipped = Counter()
    return [dict(unit.texts) for unit in read_units(put(tmp_path, text, encoding), skipped)], dict(skipped)


def found(memory, text, language="ja"):
    return memory.find(Maker("any engine", language, "en"), [text]).get(text)


def valid(data):
    tree = etree.fromstring(data)
    dtd = etree.DTD(io.StringIO(DTD))
    assert dtd.validate(tree), dtd.error_log
    return tree


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT, st.integers(0, 2**32))))
def test_any_text_goes_round_or_is_left_out(tmp_path_factory, rows):
    units = [Unit({"ja": ja, "en": en}, "ja", made, {"x-note": ja}) for ja, en, made in rows]
    path = tmp_path_factory.mktemp("tmx") / "a.tmx"
    path.write_bytes(b"".join(tmx_chunks(filter(is_holdable, units), ["ja"])))
    whole = [unit for unit in units if is_holdable(unit)]
    skipped = Counter()
    said = [unit for unit in whole if unit.texts["ja"].strip() and unit.texts["en"].strip()]
    assert list(read_units(path, skipped)) == said
    assert sum(skipped.values()) == len(whole) - len(said)
    valid(path.read_bytes())


@pytest.mark.parametrize("bad", ["\0", "\x0b", "\x1b", "\ufffe", "\uffff", "\ud800"])
def test_what_xml_cannot_hold_is_left_out_and_said(tmp_path, memory, bad):
    memory.add(
        MAKER, [(f"一{bad}。", Translated(text="One.")), ("二。", Translated(text="Two.\r\n\t\x85\u2028<&>\"']]>"))]
    )
    done = export_memory(memory, tmp_path / "a.tmx")
    assert (done.units, done.left_out) == (1, {"control characters that XML cannot hold": 1})
    (unit,) = read_units(tmp_path / "a.tmx", Counter())
    assert unit.texts == {"ja": "二。", "en": "Two.\r\n\t\x85\u2028<&>\"']]>"}


def test_an_export_is_valid_and_says_where_each_came_from(tmp_path, memory):
    memory.add(
        MAKER, [("一。", Translated(text="One.", flags=(FLAG,))), ("二。", Translated(text=None, flags=(FLAG,)))]
    )
    memory.add("nobody knows", [("三。", Translated(text="Three."))])
    memory.add(Maker("k", "ko", "en"), [("하나.", Translated(text="One.")), (" ", Translated(text=" "))])
    done = export_memory(memory, tmp_path / "a.tmx")
    assert done.units == 2
    assert done.left_out == {"empty": 1, "languages unknown": 1, "not translated: the original is shown": 1}
    tree = valid((tmp_path / "a.tmx").read_bytes())
    assert (tree.get("version"), tree[0].get("srclang")) == ("1.4", "*all*")
    first = tree[1][0]
    assert (first.get("srclang"), first.get("creationdate")) == ("ja", "20231114T221320Z")
    props = {prop.get("type"): prop.text for prop in first.iter("prop")}
    assert PACK.sha256 in props["x-briefs-packs"]
    assert '"code": "amount"' in props["x-briefs-flags"]
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert [(tuv.get(lang), tuv[0].text) for tuv in first.iter("tuv")] == [("ja", "一。"), ("en", "One.")]


def test_the_same_store_gives_the_same_bytes(tmp_path, memory):
    memory.add(MAKER, [(f"{i}。", Translated(text=f"{i}.")) for i in range(2000)])
    export_memory(memory, tmp_path / "a.tmx")
    export_memory(memory, tmp_path / "b.tmx")
    assert (tmp_path / "a.tmx").read_bytes() == (tmp_path / "b.tmx").read_bytes()
    assert b'srclang="ja" datatype' in (tmp_path / "a.tmx").read_bytes()


def test_an_export_that_fails_leaves_the_file_that_was_there(tmp_path, memory, monkeypatch):
    (tmp_path / "a.tmx").write_text("old")
    memory.add(MAKER, [("一。", Translated(text="One."))])
    monkeypatch.setattr(TranslationMemory, "entries", lambda _: iter([MAKER]))
    with pytest.raises(AttributeError):
        export_memory(memory, tmp_path / "a.tmx")
    assert (tmp_path / "a.tmx").read_text() == "old"
    with pytest.raises(ConfigError, match="cannot be written"):
        export_memory(memory, tmp_path / "nowhere" / "a.tmx")
    assert sorted(p.name for p in tmp_path.iterdir() if "sqlite3" not in p.name) == ["a.tmx"]


def test_an_export_comes_back_as_what_it_was_and_what_was_edited_is_authoritative(tmp_path, memory):
    memory.add(MAKER, [("一。", Translated(text="One.", flags=(FLAG,))), ("二。", Translated(text="Two."))])
    memory.load([Entry(maker=Maker(None, "ja", "en"), source="三。", text="III.", made=5, file="x.tmx")])
    export_memory(memory, tmp_path / "a.tmx")
    with_edit = (tmp_path / "a.tmx").read_bytes().replace(b"Two.", b"Deux.")
    other = TranslationMemory(tmp_path / "other.sqlite3")
    done = import_memory(other, put(tmp_path, with_edit), "en")
    assert (done.authoritative, done.restored, done.skipped, done.broken) == (2, 1, {}, 0)
    assert other.find(MAKER, ["一。"])["一。"] == Translated(text="One.", flags=(FLAG,))
    assert other.find(Maker("another engine", "ja", "en"), ["一。", "二。", "三。"]) == {
        "二。": Translated(text="Deux."),
        "三。": Translated(text="III."),
    }
    assert [pack.sha256 for pack in other.stats().makers[0].maker.packs] == [PACK.sha256]
    assert import_memory(other, tmp_path / "a.tmx", "en").restored == 1  # 二。, which was not there as a pack's
    assert import_memory(other, tmp_path / "a.tmx", "en", trust=True).authoritative == 3
    assert found(other, "一。") == Translated(text="One.")
    other.close()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_translators_file_is_read_in_unicode(tmp_path, memory, encoding):
    prolog = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?><!DOCTYPE tmx SYSTEM "tmx14.dtd">'
    done = import_memory(memory, put(tmp_path, document(tu(), prolog=prolog), encoding), "en")
    assert (done.authoritative, done.skipped) == (1, {})
    assert found(memory, "日本語。") == Translated(text="English.")


def test_inline_code_is_dropped_and_marked_text_stays(tmp_path):
    ja = "政府<bpt i='1'>&lt;b&gt;<sub>x</sub></bpt>は<ept i='1'>&lt;/b&gt;</ept><ph/><hi type='x'>合<ut>y</ut>意</hi>した。"
    units, skipped = read(tmp_path, document(tu(ja)))
    assert (units, skipped) == ([{"ja": "政府は合意した。", "en": "English."}], {})


@pytest.mark.parametrize(("ja", "en"), [("ja-JP", "en-US"), ("JA", "EN_gb"), ("jpn", "eng"), ("ja-Jpan-JP", "en")])
def test_regions_are_folded(tmp_path, memory, ja, en):
    body = f'<tu><tuv lang="{en}"><seg>E</seg></tuv><tuv xml:lang="{ja}"><seg>日</seg></tuv></tu>'
    assert import_memory(memory, put(tmp_path, document(body)), "en").authoritative == 1
    assert found(memory, "日") == Translated(text="E")
    assert found(memory, "E", "en") is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<tu><tuv xml:lang='ja'><seg>日</seg></tuv></tu>", "no text in two languages"),
        (tu(en=" "), "no text in two languages"),
        ("<tu><tuv xml:lang='ja'><seg>日</seg></tuv><tuv xml:lang='en'></tuv></tu>", "no text in two languages"),
        ("<tu><tuv><seg>日</seg></tuv><tuv xml:lang='en'><seg>E</seg></tuv></tu>", "text without a language"),
        (tu("長" * (tmx.MAX_SEGMENT + 1)), "text of more than 20,000 characters"),
        (tu("<hi>" * 20 + "長" * tmx.MAX_SEGMENT + "い" + "</hi>" * 20), "text of more than 20,000 characters"),
        ("<tu>" + "".join(f"<tuv xml:lang='a{i}'><seg>x</seg></tuv>" for i in range(200)) + "</tu>", "more than 100 texts"),
        (f"<tu>{tu()}</tu>", "unit inside a unit"),
    ],
)  # fmt: skip
def test_a_broken_unit_is_skipped_and_counted(tmp_path, body, reason):
    units, skipped = read(tmp_path, document(tu() + body + tu("次。", "Next.")))
    assert [unit["en"] for unit in units] == ["English.", "Next."]
    assert set(skipped) == {reason}


def test_an_entity_that_nobody_declared_breaks_its_unit_only(tmp_path):
    prolog = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">'
    units, skipped = read(tmp_path, document(tu("日&foo;本") + tu(), prolog=prolog))
    assert (len(units), skipped) == (1, {"unknown entity": 1})


LOL = '<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (document(tu("&c;"), prolog=f"<!DOCTYPE tmx [{LOL}]>"), "declares entities"),
        (document(tu("&x;"), prolog='<!DOCTYPE tmx [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "declares entities"),
        (document(tu(), prolog='<!DOCTYPE tmx [<!ENTITY % p SYSTEM "http://127.0.0.1/x"> %p;]>'), "declares entities"),
        (document(tu(), prolog='<!DOCTYPE tmx [<!ATTLIST tu a CDATA "x">]>'), "declares entities"),
        (document(tu())[:-20], "no well-formed XML"),
        (document(tu("日&foo;本")), "no well-formed XML"),
        (document(tu("\x01")), "no well-formed XML"),
        (document(tu("\udcff").encode("utf-8", "surrogateescape").decode("latin-1")).encode("latin-1"), "no well-formed"),
        (document(tu(), prolog='<?xml version="1.0" encoding="shift_jis"?>').encode("shift_jis"), "no well-formed XML"),
        (document(tu(), prolog='<?xml version="1.0" encoding="klingon"?>'), "no well-formed XML"),
        (document("<!--" + "x" * 1_200_000 + "-->"), "a tag or comment of more than"),
        (document("<tu>" + "<hi>" * 100_000), "tags inside each other"),
        ("<html><body/></html>", "no TMX: it begins with <html>"),
        ("", "no well-formed XML"),
        ("plain text", "no well-formed XML"),
    ],
)  # fmt: skip
def test_a_file_that_is_unsound_is_refused_whole(tmp_path, memory, text, said):
    memory.load([Entry(maker=Maker(None, "ja", "en"), source="日本語。", text="Kept.", made=1)])
    with pytest.raises(InputError, match=said) as caught:
        import_memory(memory, put(tmp_path, text), "en")
    assert "their.tmx" in caught.value.message
    assert caught.value.hint
    assert found(memory, "日本語。") == Translated(text="Kept.")
    assert memory.stats().authoritative == 1


def test_a_file_that_is_too_large_or_no_file_is_refused(tmp_path, memory, monkeypatch):
    monkeypatch.setattr(tmx, "MAX_BYTES", 100)
    with pytest.raises(InputError, match="larger than 100 bytes"):
        import_memory(memory, put(tmp_path, document(tu())), "en")
    with pytest.raises(InputError, match="directory"):
        import_memory(memory, tmp_path, "en")


def test_units_without_the_target_are_counted_and_not_called_broken(tmp_path, memory):
    body = '<tu><tuv xml:lang="ja"><seg>日</seg></tuv><tuv xml:lang="fr"><seg>F</seg></tuv></tu>' + tu()
    done = import_memory(memory, put(tmp_path, document(body)), "en")
    assert (done.authoritative, sum(done.skipped.values()), done.broken) == (1, 1, 0)


@pytest.mark.parametrize("flags", ["{}", '[{"code": 1}]', "[[", "nonsense"])
def test_our_own_properties_may_be_forged(tmp_path, memory, flags):
    """A unit with a digest that fits and flags that are none is a translator's."""
    props = {"x-briefs-context": "engine", "x-briefs-packs": "[]", "x-briefs-flags": flags}
    texts = {"ja": "日", "en": "E"}
    props["x-briefs-digest"] = tmx.digest(["ja", *texts.items(), *props.items()])
    path = put(tmp_path, b"".join(tmx_chunks([Unit(texts, "ja", 1, props)], ["ja"])))
    assert import_memory(memory, path, "en").authoritative == 1


def test_a_later_import_replaces_what_it_says_anew(tmp_path, memory):
    import_memory(memory, put(tmp_path, document(tu() + tu("一", "I") + tu("一", "One"))), "en")
    import_memory(memory, put(tmp_path, document(tu(en="Better."))), "en")
    assert (found(memory, "日本語。").text, found(memory, "一").text) == ("Better.", "One")
    assert memory.stats().authoritative == 2
