"""10,000 rows of annex 2 from bytes to committed rows with findings and history, side by side."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from bench.annex2_file import annex2
from bench.postgres import scratch_database

ROOT = Path(__file__).resolve().parent.parent
ROWS = int(os.environ.get("BENCH_ROWS", "10000"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
VARIANTS = {
    "ours": "the portal (child process, findings, history)",
    "import_export": "django-import-export, default import, history by signals, no findings",
    "bare": "the limit: native reader, bulk insert (COPY on PostgreSQL), history, no findings",
}
PREPARE = """
from accounts.models import User
from catalogs.models import Round
User.objects.create_user("bench", "bench-password", full_name="性能测试", role="city_officer",
    division_id="4503", must_change_password=False)
print(Round.objects.create(name="性能测试批次", due_on="2030-01-01").pk)
"""


def report() -> str:
    """Run everything; return the table as Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "annex2.xlsx"
        file.write_bytes(annex2(ROWS))
        parts = [_table("SQLite", f"sqlite:///{folder}/bench.sqlite3", folder, file)]
        with scratch_database() as url:
            parts.append(_table("PostgreSQL", url, folder, file))
    return (
        f"## Annex 2, {ROWS:,} rows: from bytes to committed rows with history\n\n"
        f"`{file.name}`, {ROUNDS} interleaved rounds, each in a process of its own; medians. "
        "Memory is the peak of the process, for the portal also that of the child that reads.\n\n"
        + "\n".join(parts)
    )


def _table(title: str, url: str, folder: str, file: Path) -> str:
    environment = {**os.environ, "DEMO": "1", "DATABASE_URL": url, "VAR_DIR": folder, "LOG_LEVEL": "ERROR"}

    def run(*arguments: str) -> str:
        done = subprocess.run(  # noqa: S603
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    run("manage.py", "migrate", "--verbosity", "0")
    run("manage.py", "load_reference")
    round_id = run("manage.py", "shell", "--verbosity", "0", "-c", PREPARE).splitlines()[-1]
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    for _ in range(ROUNDS):
        for variant in VARIANTS:
            answer = json.loads(run("-m", "bench.annex2_variants", variant, str(file), round_id))
            if answer["rows"] != ROWS:
                raise SystemExit(f"{variant} stored {answer['rows']} rows instead of {ROWS}")
            found[variant].append(answer)
    seconds = {name: statistics.median(one["seconds"] for one in runs) for name, runs in found.items()}
    lines = [f"### {title}", "", "| way | seconds | × the portal | peak MB |", "|---|---|---|---|"]
    for name, words in VARIANTS.items():
        peak = max(one["peak_mb"] for one in found[name])
        child = max(one["child_mb"] for one in found[name])
        memory = f"{peak:.0f} + {child:.0f} in the child" if name == "ours" else f"{peak:.0f}"
        lines.append(f"| {words} | {seconds[name]:.2f} | {seconds[name] / seconds['ours']:.2f} | {memory} |")
    lines += [
        "",
        f"{seconds['import_export'] / seconds['ours']:.1f} × faster than django-import-export "
        f"(goal ≥ 5), {seconds['ours'] / seconds['bare']:.1f} × the limit (goal ≤ 6).",
        "",
    ]
    return "\n".join(lines)
