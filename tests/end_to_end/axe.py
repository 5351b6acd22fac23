"""Runs axe-core in headless Chromium over the HTML of the sample briefs; called by scripts/accessibility.

    python tests/end_to_end/axe.py AXE.MIN.JS CHROMIUM

Every sample is looked at as wide as a desk and as narrow as a telephone. Exit code 1 if a rule of WCAG 2.2 A or AA, or of
good practice, is broken, or if axe did not run.
"""

import html
import itertools
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "golden")]

from render_samples import SAMPLES  # noqa: E402

from briefs.render import FolderTemplate  # noqa: E402
from briefs.render.html import templates_folder  # noqa: E402

WIDTHS = (1280, 390)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """addEventListener("load", () => axe.run(document, {runOnly: %s}).then(
  found => { const out = document.createElement("textarea"); out.id = "axe-found";
    out.textContent = JSON.stringify({passes: found.passes.length, violations: found.violations});
    document.body.append(out); }));"""


def check(page: str, axe: str, chromium: str, width: int) -> dict[str, Any]:
    """What axe-core finds on a page of a window of that width."""
    # Before the page's own policy, which allows no script, comes into force.
    script = f"<script>{axe}</script><script>{RUN % json.dumps(TAGS)}</script>"
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "page.html"
        path.write_text(page.replace("<head>", f"<head>{script}", 1), encoding="utf-8")
        options = (
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--virtual-time-budget=60000",
            f"--window-size={width},900",
        )
        command = [chromium, *options, f"--user-data-dir={name}/profile", "--dump-dom", path.as_uri()]
        dom = subprocess.run(command, check=True, capture_output=True, timeout=300).stdout.decode()
    found = re.search(r'<textarea id="axe-found">(.*?)</textarea>', dom, re.DOTALL)
    if found is None:
        raise RuntimeError("axe-core did not run")
    result: dict[str, Any] = json.loads(html.unescape(found[1]))
    return result


def main() -> int:
    """Command line."""
    axe, chromium = Path(sys.argv[1]).read_text(encoding="utf-8"), sys.argv[2]
    broken = 0
    templates = sorted(path.parent.name for path in templates_folder().glob("*/brief.html"))
    for template, name, width in itertools.product(templates, SAMPLES, WIDTHS):
        found = check(FolderTemplate(template).html(SAMPLES[name]()), axe, chromium, width)
        print(f"{template}, {name}, {width} px: {found['passes']} rules hold, {len(found['violations'])} are broken")
        for rule in found["violations"]:
            broken += 1
            print(f"  {rule['id']} ({rule['impact']}): {rule['help']}")
            for node in rule["nodes"][:3]:
                print(f"    {node['html'][:160]}\n    {' '.join(node['failureSummary'].split())[:300]}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
