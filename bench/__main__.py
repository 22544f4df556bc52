"""``make bench``: every comparison of the portal with its peers, written to docs/performance.md."""

import platform
from pathlib import Path

from bench import annex2_import, check_http, check_speed, review_pages, scale

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
HEAD = """# Performance

Made by `make bench`; do not edit. Ratios are what counts: both sides ran in the same session, in
turns, on the same machine ({machine}, Python {python}).
"""


def main() -> None:
    head = HEAD.format(machine=platform.machine(), python=platform.python_version())
    # What measures memory comes first: a child starts with the peak of its parent.
    reports = (annex2_import, review_pages, check_http, check_speed, scale)
    parts = [one.report() for one in reports]
    text = "\n".join([head, *parts])
    DOCUMENT.write_text(text, encoding="utf-8")
    print(text)  # noqa: T201


if __name__ == "__main__":
    main()
