"""``make bench``: comparisons of the portal with its peers, written to docs/performance.md."""

import platform
import re
import sys
from pathlib import Path

from bench import annex2_import, check_http, check_speed, review_pages, scale

MODULES = (annex2_import, review_pages, check_http, check_speed, scale)
DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
MARK = "<!-- {} -->"  # before each report
HEAD = """# Performance

Made by `make bench`; do not edit. Ratios are what counts: both sides ran in the same session, in
turns, on the same machine ({machine}, Python {python}).
"""


def main() -> None:
    """Make every report, or only those named (``python -m bench scale``); the others stay as they are."""
    # What measures memory comes first: a child starts with the peak of its parent.
    reports = {one.__name__.removeprefix("bench."): one.report for one in MODULES}
    named = sys.argv[1:] or list(reports)
    parts = {} if set(named) == set(reports) else _parts(DOCUMENT.read_text(encoding="utf-8"))
    for name in named:
        parts[name] = reports[name]().strip()
        print(parts[name])  # noqa: T201
    head = HEAD.format(machine=platform.machine(), python=platform.python_version())
    texts = [f"{MARK.format(name)}\n\n{parts[name]}\n" for name in reports if name in parts]
    DOCUMENT.write_text("\n".join([head, *texts]), encoding="utf-8")


def _parts(document: str) -> dict[str, str]:
    """The reports in a document, by name."""
    _, *found = re.split(MARK.format("(\\w+)"), document)
    return {name: text.strip() for name, text in zip(found[::2], found[1::2], strict=True)}


if __name__ == "__main__":
    main()
