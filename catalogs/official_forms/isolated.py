"""Read and mark files in a child process with limits on memory and time.

Whatever a crafted or broken file does to a parser (a crash, a loop, a flood of memory), it costs
one message and not the server. The child gets the bytes on standard input, never a file's name, and
answers with JSON: its answer is data even if the file has taken it over.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.form import Annex2Form, Annex3Form
from catalogs.official_forms.wire import FormKind, form_from_wire

if TYPE_CHECKING:
    from catalogs.official_forms.mark import Note

_ROOT = Path(__file__).resolve().parents[2]
_CHILD = ("-m", "catalogs.official_forms.child")
_SIGXCPU = 24
_FAILED = "读取这个文件时出错，文件可能已损坏。请用 Excel 或 WPS 打开，另存为新的 .xlsx 文件后重新上传。"
_TOO_SLOW = "读取这个文件用时过长，已停止。请删除多余的工作表、图片和空白行，另存后重新上传。"
_TOO_LARGE = "读取这个文件占用内存过多，已停止。请删除多余的工作表、图片和空白行，另存后重新上传。"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reading may use: processor seconds, seconds by the clock, megabytes of memory."""

    cpu_seconds: int
    seconds: int
    megabytes: int = 300


WHILE_WAITING = Limits(cpu_seconds=4, seconds=15)  # somebody looks at the page
IN_BACKGROUND = Limits(cpu_seconds=120, seconds=300)  # the task queue, for tables of many thousand rows


def read_isolated(
    data: bytes, wanted: FormKind | None = None, limits: Limits = WHILE_WAITING
) -> Annex2Form | Annex3Form:
    """Read the content of a file as ``read_form`` does, in a process of its own.

    Raises UnreadableForm when the file cannot be read, and when reading it exceeds ``limits`` or
    crashes the process.
    """
    answer, _ = _run({"job": "read", "wanted": wanted}, data, limits)
    return form_from_wire(answer)


def mark_isolated(data: bytes, notes: "Iterable[Note]", limits: Limits = IN_BACKGROUND) -> bytes:
    """Write ``notes`` into the content of a file as ``mark`` does, in a process of its own.

    Raises UnreadableForm as ``read_isolated`` does.
    """
    asked: dict[str, object] = {
        "job": "mark",
        "notes": [(note.sheet, note.row, note.column, note.text) for note in notes],
    }
    _, workbook = _run(asked, data, limits)
    return workbook


def _run(asked: dict[str, object], data: bytes, limits: Limits) -> tuple[dict[str, Any], bytes]:
    """Send one line of JSON and the file; get one line of JSON and, for some jobs, a file."""
    asked |= {"cpu_seconds": limits.cpu_seconds, "megabytes": limits.megabytes}
    # Nothing of this process's environment: it holds the portal's secrets.
    environment = {"PYTHONPATH": str(_ROOT), "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1", "PATH": os.defpath}
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter and module, the file goes to stdin
            [sys.executable, *_CHILD],
            input=json.dumps(asked).encode() + b"\n" + data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd="/",
            timeout=limits.seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as problem:
        raise UnreadableForm(_TOO_SLOW) from problem
    line, _, payload = child.stdout.partition(b"\n")
    try:
        answer = json.loads(line)
    except ValueError as problem:
        raise UnreadableForm(_TOO_SLOW if child.returncode == -_SIGXCPU else _FAILED) from problem
    if "memory" in answer:
        raise UnreadableForm(_TOO_LARGE)
    if "why" in answer:
        raise UnreadableForm(answer["why"])
    return answer, payload
