from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefs.errors import DocumentError
from briefs.ingest import decode

JAPANESE = "政府は12日、半導体の輸出管理を強化する方針を固めた。関係省庁は「対応を検討する」と説明している。"
WINDOWS_ONLY = "①㈱髙島屋は「対応を検討する」とコメントし、﨑山社長は来月の会見で詳しく説明する見通しだと述べた。"
HALF_WIDTH = "ﾆｭｰｽ速報です。政府は輸出管理を強化する方針を固め、ｶﾀﾛｸﾞを公表する見通しだと関係者が明らかにした。"


def pairs_of_windows(text):
    """Each character as ASCII, half-width katakana or a seven-bit JIS pair, as Windows writes CP50221 and CP51932."""
    for character in text:
        octets = character.encode("cp932")
        if len(octets) == 1:
            yield ("kana" if octets[0] > 0x7F else "ascii"), octets
            continue
        lead, trail = octets
        row = (lead - (0x70 if lead < 0xA0 else 0xB0)) * 2 - (trail < 0x9F)
        cell = trail - (0x7E if trail >= 0x9F else 0x20 if trail >= 0x80 else 0x1F)
        yield "jis", bytes((row, cell))


def cp50221(text):
    escapes = {"ascii": b"\x1b(B", "kana": b"\x1b(I", "jis": b"\x1b$B"}
    out, mode = b"", "ascii"
    for kind, octets in pairs_of_windows(text):
        out += (b"" if kind == mode else escapes[kind]) + bytes(octet & 0x7F for octet in octets)
        mode = kind
    return out + (b"" if mode == "ascii" else b"\x1b(B")


def cp51932(text):
    marks = {"ascii": b"", "kana": b"\x8e", "jis": b""}
    return b"".join(
        marks[kind] + (octets if kind != "jis" else bytes(octet | 0x80 for octet in octets))
        for kind, octets in pairs_of_windows(text)
    )


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("text", [JAPANESE, WINDOWS_ONLY, HALF_WIDTH, JAPANESE[:40]])
def test_japanese_is_read_in_encodings_that_have_every_character(encoding, text):
    decoded = decode(text.encode(encoding))
    assert (decoded.text, decoded.damaged) == (text, 0)


@pytest.mark.parametrize("encoding", ["euc_jp", "iso2022_jp", "iso2022_jp_ext"])
@pytest.mark.parametrize("text", [JAPANESE, JAPANESE[:40]])
def test_japanese_is_read_in_unix_and_mail_encodings(encoding, text):
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoder", [cp50221, cp51932])
@pytest.mark.parametrize("text", [JAPANESE, HALF_WIDTH, WINDOWS_ONLY.replace("髙", "").replace("﨑", "")])
def test_characters_of_windows_are_read_in_mail_and_euc(encoder, text):
    assert decode(encoder(text)).text == text


def test_nec_selected_kanji_are_read_in_mail_and_euc():
    # 髙 has its second place in Windows' table, row 92 of JIS, which Python never writes but other programs do.
    taka = b"\x7c\x62"
    text = JAPANESE + "髙"
    assert decode(JAPANESE.encode("iso2022_jp") + b"\x1b$B" + taka + b"\x1b(B").text == text
    assert decode(JAPANESE.encode("euc_jp") + bytes(octet | 0x80 for octet in taka)).text == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gb18030", "中国商务部新闻发言人表示，中方将采取必要措施，坚决维护自身的正当权益。"),
        ("big5", "外交部發言人表示，台灣將持續與理念相近國家合作，共同維護區域和平。"),
        ("euc_kr", "정부는 반도체 수출 통제를 강화하기로 했다고 밝혔다. 관계 부처는 협의를 계속한다."),
        ("cp1251", "Министерство иностранных дел заявило, что переговоры продолжатся на следующей неделе."),
        ("cp1252", "Le président a déclaré que l’élévation des tarifs « n’était pas prévue » cette année."),
        ("cp1252", "Die Bundesregierung erklärte, die Maßnahmen würden für mehrere Länder „verschärft“."),
        ("ascii", "The government decided on Tuesday to tighten its controls."),
    ],
)
def test_neighbouring_languages_are_not_taken_for_japanese(encoding, text):
    assert decode(text.encode(encoding)).text == text


def test_mostly_ascii_page_with_a_little_shift_jis():
    page = "<html><body>" + "<p class='x'>menu</p>\n" * 200 + JAPANESE + "</body></html>"
    assert decode(page.encode("cp932"), markup=True).text == page


def test_what_a_page_declares_is_believed():
    text = "<meta charset='koi8-r'>" + "Переговоры продолжатся на следующей неделе."
    assert decode(text.encode("koi8-r"), markup=True).text == text
    text = "<?xml version='1.0' encoding='EUC-JP'?><p>東京都千代田区</p>"
    assert decode(text.encode("euc_jp"), markup=True).text == text


@pytest.mark.parametrize("declared", ["Shift_JIS", "iso-8859-1", "utf-8", "rot13", "no-such-thing", "utf-16"])
@pytest.mark.parametrize("encoding", ["utf-8", "euc_jp", "cp932"])
def test_a_false_declaration_does_no_harm(declared, encoding):
    text = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}"><p>{JAPANESE}</p>'
    assert decode(text.encode(encoding), markup=True).text == text


def test_mark_wins_over_declaration():
    assert decode(JAPANESE.encode("utf-16"), declared="shift_jis").text == JAPANESE


def test_text_cut_in_the_middle_of_a_character():
    decoded = decode(JAPANESE.encode()[:-2])
    assert decoded.text == JAPANESE[:-1] + "\ufffd"
    assert decoded.damaged == 1


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp"])
def test_a_few_bad_bytes_cost_only_themselves(encoding):
    octets = (JAPANESE * 20).encode(encoding)
    decoded = decode(octets + b"\xff" + "。\n終わり。".encode(encoding))
    assert decoded.damaged == 1
    assert decoded.text.startswith(JAPANESE * 20)
    assert decoded.text.endswith("終わり。")


def test_bytes_in_no_encoding_are_refused():
    with pytest.raises(DocumentError):
        decode(b"".join(sha256(bytes([number])).digest() for number in range(250)))


def test_escapes_that_are_no_encoding_are_kept_for_tidying():
    assert decode(b"\x1b[31mred\x1b[0m").text == "\x1b[31mred\x1b[0m"


_KANJI = bytes(octet for row in range(0xB0, 0xD0) for cell in range(0xA1, 0xFF) for octet in (row, cell))
_WORD = st.text(
    st.sampled_from(_KANJI.decode("euc_jp", "ignore") + "アイウエオカキクケコサシスセソンー0123456789AZaz"),
    min_size=1,
    max_size=4,
)
_PARTICLE = st.text(st.sampled_from([chr(code) for code in range(0x3041, 0x3094)]), min_size=1, max_size=3)
_CLAUSE = st.builds("".join, st.tuples(_WORD, _PARTICLE, st.sampled_from(["", "、", "。", "。\n", "　", "」", " "])))
_TEXT = st.lists(_CLAUSE, min_size=20, max_size=40).map("".join)
_ENCODINGS = [
    "cp932",
    "euc_jp",
    "iso2022_jp",
    "iso2022_jp_ext",
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
]


@pytest.mark.parametrize("encoding", _ENCODINGS)
@settings(max_examples=25, deadline=None)
@given(text=_TEXT)
def test_japanese_round_trips(encoding, text):
    assert len(text) >= 40
    assert decode(text.encode(encoding)).text == text
