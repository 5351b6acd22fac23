"""Recomputes what a brief's PDF says: from the data that it carries, from its inputs, and from the packs.

Three circles. What is inside the PDF must agree with itself: manifest, data, pages. With the inputs, every cited sentence
must be where the brief says it is. With the packs and settings of the brief, every translation must come out again. What
cannot be looked at is said to be so, and is not counted as holding.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

from briefs.config import Settings
from briefs.verify.checks import Check, check_data, check_manifest, check_offsets, check_settings, is_configured
from briefs.verify.inputs import check_inputs
from briefs.verify.pages import Layout, check_pages, check_points, find_template, read_carried, read_given
from briefs.verify.translations import check_translations
from briefs.worker import Worker

__all__ = ["Check", "verify"]

_MEMORY = 4 << 30


def verify(
    pdf: bytes, settings: Settings, *, inputs: Path | None = None, named: bool = False, worker: Worker | None = None
) -> Iterator[Check]:
    """Check `pdf`, one finding after the other.

    `named` says that the settings are those of a config; `worker` is a child process to work in, in place of one of its
    own: who verifies many files saves the start of each.

    Raises:
        RenderError: it is no PDF.
        VerifyError: it carries nothing to verify it by.
    """
    with nullcontext(worker) if worker else Worker(memory_bytes=_MEMORY) as child:
        given = read_given(pdf, child)
        carried = read_carried(given, child)
        layout = Layout(find_template(carried.manifest, settings), child, settings.render.seconds)
        yield check_data(carried, given.files)
        yield check_manifest(carried)
        yield check_points(given, carried, layout)
        yield check_pages(given, carried, layout)
        brief = carried.brief
        yield check_offsets(brief)
        yield check_settings(brief, settings, named=named)
        yield from check_inputs(brief, inputs, settings.limits, child)
    yield from check_translations(brief, settings, configured=is_configured(brief, settings))
