"""Works on a database of its own until it is killed; started and killed by ``test_kill``.

Reads jobs from standard input, one line each: what to do, and the name of the database. Every job
is done in a fork, as a server's worker would do it, so that it begins at once and can be killed
alone. Answers each with the fork's process id, and with its exit status and seconds once it ended.
"""

import datetime as dt
import json
import os
import sys
import time
import traceback

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection

from accounts.models import User
from catalogs import drafts, publication, reporting, review, row_choices
from catalogs.models import (
    Edition,
    Report,
    Round,
    Submission,
    SubmissionItem,
    SubmissionStatus,
    UploadedForm,
)
from catalogs.reference import load_reference
from divisions.models import Division
from tests import cast, invariants, lists

ROWS = 300
LINES = [
    lists.Line(
        f"第{n}类居住情况证明",
        "义务教育阶段学校入学",
        "《中华人民共和国义务教育法》第十二条 适龄儿童免试入学。",
        "用于证明实际居住",
        "教育行政部门",
    )
    for n in range(1, ROWS + 1)
]
FORM = lists.workbook(*LINES)
# Each kind of work has a city of its own.
CITY = {"import": "4501", "decide": "4502", "publish": "4503"}
DAY = dt.date(2026, 1, 1)


def prepare() -> None:
    """Bring each city's list to where the work on it begins."""
    if not Division.objects.exists():
        load_reference(settings.FIXTURE_ROOT)
    reviewer = cast.person("reviewer")
    round = Round.objects.create(name="2026年编制批次", due_on=dt.date(2099, 12, 31))
    department = reviewer.department
    for work, city in CITY.items():
        officer = User.objects.create_user(
            f"officer-{work}",
            full_name="经办人",
            role="city_officer",
            division_id=city,
            department=department,
        )
        if work != "import":
            submission = lists.submitted(officer, round, *LINES)
        if work == "publish":
            lists.decide(reviewer, submission, reject=tuple(line.name for line in LINES[::3]))


def do_import() -> None:
    officer = User.objects.get(username="officer-import")
    lists.upload(officer, Round.objects.get(name="2026年编制批次"), FORM)


def do_decide() -> None:
    submission = _list("decide")
    choices = [
        row_choices.RowChoice(row.pk, row.revision, "keep", "确有必要")
        for row in submission.items.order_by("position")
    ]
    review.decide_rows(
        actor=User.objects.get(username="reviewer"), submission_id=submission.pk, choices=choices
    )


def do_publish() -> None:
    """Report, approve and publish: three steps of a person, taken up where they were left."""
    reviewer = User.objects.get(username="reviewer")
    submission = _list("publish")
    if submission.status == SubmissionStatus.SUBMITTED:
        lists_ = {submission.pk: submission.revision}
        reporting.assemble(actor=reviewer, round_id=submission.round_id, lists=lists_)
    report = Report.objects.get()
    if not report.is_answered:
        reporting.approve(
            actor=reviewer, report_id=report.pk, document_no="桂政函〔2026〕1号", approved_on=DAY
        )
    submission = _list("publish")
    if submission.status == SubmissionStatus.APPROVED:
        publication.publish(
            actor=reviewer, submission_id=submission.pk, revision=submission.revision, effective_from=DAY
        )


def check_import() -> str:
    uploads = list(UploadedForm.objects.filter(division=CITY["import"]).order_by("pk"))
    submission = drafts.current_submission(
        Division.objects.get(pk=CITY["import"]), Round.objects.get(name="2026年编制批次")
    )
    if submission is None:
        assert all(upload.outcome == UploadedForm.Outcome.RECEIVED for upload in uploads)
        return "file kept" if uploads else "nothing"
    assert submission.items.count() == ROWS
    assert submission.source == uploads[-1]
    assert submission.source.outcome == UploadedForm.Outcome.READ
    return "all"


def check_decide() -> str:
    submission = _list("decide")
    decided = submission.items.exclude(decision="undecided").count()
    records = SubmissionItem.history.filter(submission_id=submission.pk, history_change_reason="审核清单行")
    times = submission.history.filter(history_change_reason=f"审核 {ROWS} 行").count()
    assert records.count() == times * ROWS  # twice when the kill came after the end of the first
    assert decided == (ROWS if times else 0)
    return "all" if decided else "nothing"


def check_publish() -> str:
    submission = _list("publish")
    edition = Edition.objects.filter(submission=submission).first()
    assert (edition is not None) == (submission.status == SubmissionStatus.PUBLISHED)
    if edition is None:
        return "nothing" if submission.status == SubmissionStatus.SUBMITTED else submission.status
    assert edition.items.count() == ROWS - len(LINES[::3])
    return "all"


def _list(work: str) -> Submission:
    return Submission.objects.get(city=CITY[work])


WORK = {"import": do_import, "decide": do_decide, "publish": do_publish, "prepare": prepare}
CHECKS = {"import": check_import, "decide": check_decide, "publish": check_publish}


def check(work: str) -> None:
    """Write down how far the work has come; anything half done is an error."""
    sys.stderr.write(CHECKS[work]())
    problems = list(invariants.problems())
    assert not problems, problems[:5]


def main() -> None:
    for line in sys.stdin:
        what, database = json.loads(line)
        began = time.monotonic()
        pid = os.fork()
        if pid == 0:
            _do(what, database)
        _answer(pid)
        _, status = os.waitpid(pid, 0)
        _answer([status, time.monotonic() - began])


def _do(what: str, database: str) -> None:
    connection.settings_dict["NAME"] = database
    verb, _, work = what.partition(" ")
    try:
        if verb == "check":
            check(work)
        else:
            WORK[verb]()
        connection.close()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    sys.stderr.flush()
    os._exit(0)


def _answer(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
