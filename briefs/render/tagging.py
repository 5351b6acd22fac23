"""What a tagged PDF needs and WeasyPrint leaves out: languages, page margins as artifacts, table headers, conformance.

WeasyPrint builds the structure tree in one private function and offers a last look at the PDF before it is written. The
first is wrapped while a document is written, the second is where the rest is done. Both are of the version that
requirements.lock names; tests read the result with other libraries.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

BODY_SCALE = 0.75  # points a CSS pixel
PAGINATION = b"<</Type /Pagination>>"
# PDF/A wants every property declared that is not its own: this says what pdfuaid:part is.
UA_SCHEMA = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
 xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfuaid:part>1</pdfuaid:part>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description></rdf:RDF>"""


@contextmanager
def complete_tags() -> Iterator["Tagger"]:
    """While this holds, WeasyPrint builds its structure trees through the Tagger, whose `finish` is to be its finisher."""
    from weasyprint.pdf import tags

    build = tags._build_box_tree  # there is no other place to learn which box an element is of
    tagger = Tagger(build)
    tags._build_box_tree = tagger.build
    try:
        yield tagger
    finally:
        tags._build_box_tree = build


class Tagger:
    """Completes the structure tree of one document."""

    def __init__(self, build: Any) -> None:
        """`build` is WeasyPrint's function that yields the structure elements of a box."""
        self._build = build
        self._languages: list[str | None] = [None]
        self._margins: defaultdict[int, set[int]] = defaultdict(set)
        self._figures: list[tuple[int, Any]] = []

    def build(self, box: Any, parent: Any, *rest: Any) -> Iterator[Any]:
        """The structure elements of a box, with what is missing in them; the signature is WeasyPrint's."""
        from weasyprint.formatting_structure import boxes

        _, page, numbers, _, tags = rest
        if isinstance(box, boxes.MarginBox):
            self._leave_out(box, page, numbers, tags)
            return
        outer = self._languages[-1]
        own = box.style["lang"] or outer
        self._languages.append(own)
        try:
            for element in self._build(box, parent, *rest):
                if own and own != outer:
                    element["Lang"] = _string(own)
                self._complete(element, box, page)
                yield element
        finally:
            self._languages.pop()

    def _leave_out(self, box: Any, page: int, numbers: dict[int, Any], tags: dict[Any, Any]) -> None:
        """Keep the text of a page margin out of the tree; its marked content is named an artifact in the end."""
        for inner in box.descendants():
            if inner in tags:
                number = tags.pop(inner)["mcid"]
                numbers[number] = "null"
                self._margins[page].add(number)

    def _complete(self, element: Any, box: Any, page: int) -> None:
        if element["S"] == "/TH":
            scope = box.element.get("scope", "") if box.element is not None else ""
            element["A"]["Scope"] = "/Row" if scope.startswith("row") else "/Column"
        elif element["S"] == "/Table":
            _assign_groups(box)
        elif element["S"] == "/Figure":
            self._figures.append((page, element))

    def finish(self, document: Any, pdf: Any) -> None:
        """WeasyPrint's finisher: what can be done once the whole tree is there."""
        for page, element in self._figures:
            _place_figure(element, document.pages[page].height)
        objects = {id_: pdf.objects[id_] for id_ in pdf.pages["Kids"][::3]}
        for page, kid in enumerate(objects.values()):
            contents = pdf.objects[int(kid["Contents"].split()[0])]
            _name_artifacts(contents.stream, self._margins[page])
        _list_ids(pdf)

    @staticmethod
    def declare_accessible(pdf: Any) -> None:
        """Say in the metadata of a PDF/A that it is PDF/UA-1 as well."""
        metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
        metadata.stream = [b"\n".join(metadata.stream).replace(b"</rdf:RDF>", UA_SCHEMA)]


def compress_once(pdf: Any) -> None:
    """Compress every stream now: pydyf would do it twice, for the file and for its identifier."""
    for item in pdf.objects:
        if getattr(item, "compress", False):
            data = b"\n".join(each if isinstance(each, bytes) else _bytes(each) for each in item.stream)
            item.stream, item.compress = [zlib.compress(data, 9)], False
            item.extra["Filter"] = "/FlateDecode"


def _assign_groups(box: Any) -> None:
    """Let a header of a group of rows (`scope=rowgroup`) head the rows of its group, not every row of the table."""
    table = box.get_wrapped_table() if box.is_table_wrapper else box
    parts = [part for part in table.children if part.element_tag in ("thead", "tbody", "tfoot")] if table else []
    for part in parts:
        own: list[Any] = []
        foreign: list[Any] = []
        for other in parts:
            heads = [cell.mark["ID"] for cell in _cells(other) if _is_group_head(cell)]
            (own if other is part else foreign).extend(heads)
        for cell in _cells(part):
            if cell.element_tag == "td":
                headers = cell.mark["A"]["Headers"]
                kept = [head for head in headers if not any(head is each for each in (*own, *foreign))]
                headers[:] = [*kept, *own]


def _cells(part: Any) -> Iterator[Any]:
    return (cell for row in part.children for cell in row.children if cell.element is not None)


def _is_group_head(cell: Any) -> bool:
    return bool(cell.element_tag == "th" and cell.element.get("scope") == "rowgroup")


def _place_figure(element: Any, height: float) -> None:
    """The frame of a figure in points from the foot of the page; WeasyPrint leaves it in pixels from the head."""
    left, top, right, bottom = element["A"]["BBox"]
    frame = (left, height - bottom, right, height - top)
    element["A"]["BBox"][:] = [round(number * BODY_SCALE, 3) for number in frame]


def _name_artifacts(stream: list[Any], numbers: set[int]) -> None:
    for place, item in enumerate(stream):
        if item == b"BDC" and stream[place - 1].get("MCID") in numbers:
            stream[place - 2 : place] = [b"/Artifact", PAGINATION]


def _list_ids(pdf: Any) -> None:
    """The tree of element identifiers that a PDF with table headers has to have."""
    import pydyf  # type: ignore[import-untyped]

    named: list[Any] = [item for item in pdf.objects if isinstance(item, dict) and "ID" in item]
    if named:
        names = pydyf.Array()
        for item in sorted(named, key=lambda item: bytes(item["ID"].data)):
            names.extend((item["ID"], item.reference))
        root = pdf.objects[int(pdf.catalog["StructTreeRoot"].split()[0])]
        root["IDTree"] = pydyf.Dictionary({"Names": names})


def _string(text: str) -> Any:
    import pydyf

    return pydyf.String(text)


def _bytes(item: Any) -> bytes:
    data: bytes = item.data if hasattr(item, "data") else str(item).encode()
    return data
