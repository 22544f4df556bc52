"""The child process of ``isolated``.

Standard input: one line of JSON that says what to do, then the file. Standard output: one line of
JSON, then, when the job makes one, a file.
"""

import json
import sys
from typing import Any

from catalogs.official_forms.errors import UnreadableForm


def main() -> None:
    """Do the one job that was sent, within the limits that were sent with it."""
    asked = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    _limit(asked["cpu_seconds"], asked["megabytes"])
    payload = b""
    try:
        answer, payload = _JOBS[asked["job"]](asked, data)
    except UnreadableForm as problem:
        answer = {"why": problem.message}
    except MemoryError:
        answer = {"memory": True}
    line = json.dumps(answer, ensure_ascii=False).encode(errors="surrogatepass")
    sys.stdout.buffer.write(line + b"\n" + payload)


# The parsers are imported under the limits: their own start-up counts as reading.


def _read(asked: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    from catalogs.official_forms.reading import read_form
    from catalogs.official_forms.wire import form_to_wire

    return form_to_wire(read_form(data, asked["wanted"])), b""


def _mark(asked: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    from catalogs.official_forms.mark import Note, mark

    return {}, mark(data, [Note(*note) for note in asked["notes"]])


_JOBS = {"read": _read, "mark": _mark}


def _limit(cpu_seconds: int, megabytes: int) -> None:
    try:
        import resource
    except ImportError:  # not a Unix: the clock in ``isolated`` is the only limit left
        return
    resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    # openpyxl writes a workbook by way of temporary files.
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 << 20, 64 << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
