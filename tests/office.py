"""People of several offices at work on the same lists at once; each does one thing at a time."""

import datetime as dt
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from accounts.roles import Role
from catalogs import (
    drafts,
    harmonising,
    intake,
    joint_review,
    mending,
    proposals,
    publication,
    reporting,
    review,
    row_choices,
    submitting,
)
from catalogs.findings import FIELD_LABELS
from catalogs.models import (
    KEPT,
    Edition,
    Opinion,
    Proposal,
    Report,
    Round,
    Submission,
    SubmissionItem,
    SubmissionStatus,
)
from catalogs.opinions import record_silence
from divisions.models import Division
from tests import cast, lists

CITIES = ("4501", "4502", "4503")
JOINT = ("public_security", "development_reform")
FIRST_DAY = timezone.localdate() - dt.timedelta(days=900)  # of approvals and editions
AT_ONCE = 2  # rounds that are filed in
RECENT = 9  # lists that people still look at


class Idle(Exception):
    """There is nothing of the kind to do just now."""


@dataclass
class Office:
    """Who is there. Everybody sees the same lists and none waits for another."""

    reviewers: list[User]
    opinion_givers: list[User]
    officers: dict[str, User]
    opening: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def staffed(cls) -> "Office":
        reviewers = [cast.person(name) for name in ("reviewer", "second_reviewer", "province_admin")]
        officers, joint = {}, []
        for city in CITIES:
            officers[city] = _hired(f"officer{city}", Role.CITY_OFFICER, city, "civil_affairs")
        for department in JOINT:
            joint.append(_hired(f"joint_{department}", Role.JOINT_REVIEWER, "45", department))
        return cls(reviewers, joint, officers)


def _hired(name: str, role: Role, division: str, department: str) -> User:
    return User.objects.create_user(
        name,
        cast.PASSWORD,
        full_name=name,
        role=role,
        division_id=division,
        department=Department.objects.get(code=department),
        must_change_password=False,
    )


def _rounds() -> list[Round]:
    return list(Round.objects.filter(name__startswith="第", is_open=True).order_by("-pk")[:AT_ONCE])


def open_round() -> None:
    number = Round.objects.filter(name__startswith="第").count() + 1
    Round.objects.create(name=f"第{number}批", due_on=dt.date(2099, 12, 31))


def _some(chance: random.Random, found: Any) -> Any:
    keys = list(found.order_by("-pk").values_list("pk", flat=True)[:RECENT])
    if not keys:
        raise Idle
    return found.model.objects.get(pk=chance.choice(keys))


def _list(chance: random.Random, *statuses: SubmissionStatus) -> Submission:
    """A list at the stage, or now and then any list: people press buttons on pages that are old."""
    found = Submission.objects.all()
    if chance.random() < 0.9:
        found = found.filter(status__in=statuses)
    submission: Submission = _some(chance, found)
    return submission


def _look(chance: random.Random) -> None:
    """A person reads what is shown before pressing a button; others go on meanwhile."""
    if chance.random() < 0.5:
        time.sleep(chance.random() * 0.05)


def _choice(chance: random.Random, row: SubmissionItem) -> row_choices.RowChoice:
    decision = chance.choices(["keep", "amend", "reject", "return"], [12, 3, 3, 2])[0]
    amended = {"purpose": f"用于证明第{chance.randrange(99)}种情况"} if decision == "amend" else {}
    code = chance.choice(["no_basis", "duplicate", "shareable"]) if decision == "reject" else ""
    reason = "" if decision == "keep" and chance.random() < 0.3 else f"理由{chance.randrange(999)}"
    return row_choices.RowChoice(row.pk, row.revision, decision, reason, code, amended)


def _to_decide(chance: random.Random) -> Submission:
    """A list with open rows; a finished one is seldom decided again, or none would go any further."""
    submission = _list(chance, SubmissionStatus.SUBMITTED)
    if not submission.items.filter(decision="undecided").exists() and chance.random() < 0.85:
        raise Idle
    return submission


def decide(office: Office, chance: random.Random) -> None:
    submission = _to_decide(chance)
    rows = list(submission.items.all())
    if chance.random() < 0.6:
        rows = [row for row in rows if row.decision == "undecided"] or rows
    choices = [_choice(chance, row) for row in chance.sample(rows, chance.randint(1, len(rows)))]
    _look(chance)
    review.decide_rows(actor=chance.choice(office.reviewers), submission_id=submission.pk, choices=choices)


def reuse_a_decision(office: Office, chance: random.Random) -> None:
    decided = SubmissionItem.objects.filter(decision__in=["keep", "reject"])
    item = _some(chance, decided)
    same = SubmissionItem.objects.filter(name=item.name, submission__status=SubmissionStatus.SUBMITTED)
    targets = list(same.exclude(pk=item.pk).order_by("-pk").values_list("pk", "revision")[:4])
    chance.shuffle(targets)
    _look(chance)
    harmonising.reuse_decision(actor=chance.choice(office.reviewers), item=item, targets=targets)


def return_list(office: Office, chance: random.Random) -> None:
    submission = _list(chance, SubmissionStatus.SUBMITTED)
    _look(chance)
    review.return_submission(
        actor=chance.choice(office.reviewers),
        submission_id=submission.pk,
        revision=submission.revision,
        comment="请核对依据",
    )


def recheck(office: Office, chance: random.Random) -> None:
    submission = _list(chance, SubmissionStatus.SUBMITTED)
    review.recheck(actor=chance.choice(office.reviewers), submission_id=submission.pk)


def file_list(office: Office, chance: random.Random) -> None:
    """Upload the city's list for a round, or upload it once more over the draft."""
    rounds = _rounds()
    with office.opening:
        closed = Submission.objects.filter(round=rounds[-1], status=SubmissionStatus.PUBLISHED)
        if closed.count() == len(CITIES) and rounds == _rounds():
            open_round()
    city = Division.objects.get(code=chance.choice(CITIES))
    round = chance.choice(rounds)
    latest = drafts.current_submission(city, round)
    seldom = 0.3 if latest is not None and latest.is_draft else 0.1
    if latest is not None and latest.status != SubmissionStatus.RETURNED and chance.random() > seldom:
        raise Idle
    # The same new name comes from every city: the vocabulary gets it from the first to publish.
    new = lists.Line(
        f"第{round.pk}类互助养老意愿证明", "互助养老", "《某条例》第三条", "用于养老", "民政部门"
    )
    content = lists.workbook(*lists.ORDINARY, new, city=city.name)
    lists.upload(office.officers[city.pk], round, content)


def edit(office: Office, chance: random.Random) -> None:
    row = _some(chance, SubmissionItem.objects.filter(submission__status=SubmissionStatus.DRAFT))
    _look(chance)
    _edit(office, chance, row)


def _edit(office: Office, chance: random.Random, row: SubmissionItem) -> SubmissionItem:
    return mending.edit_row(
        actor=office.officers[row.submission.city_id],
        item_id=row.pk,
        values={"purpose": f"用于证明第{chance.randrange(99)}项"},
        revision=row.revision,
    )


def start_next_version(office: Office, chance: random.Random) -> None:
    submission = _list(chance, SubmissionStatus.RETURNED)
    _look(chance)
    intake.start_new_version(actor=office.officers[submission.city_id], submission_id=submission.pk)


def submit(office: Office, chance: random.Random) -> None:
    submission = _list(chance, SubmissionStatus.DRAFT)
    digest = submitting.preview_digest(submission)
    _look(chance)
    officer = office.officers[submission.city_id]
    submitting.submit(actor=officer, submission_id=submission.pk, digest=digest)


def hand_back(office: Office, chance: random.Random) -> None:
    returned = SubmissionItem.objects.filter(decision="return")
    if chance.random() < 0.9:
        returned = returned.filter(submission__status=SubmissionStatus.SUBMITTED)
    row = _some(chance, returned)
    if chance.random() < 0.5:
        row = _edit(office, chance, row)
    _look(chance)
    officer = office.officers[row.submission.city_id]
    mending.hand_back_row(actor=officer, item_id=row.pk, revision=row.revision, note="已核对，无需修改")


def send(office: Office, chance: random.Random) -> None:
    submission = _list(chance, SubmissionStatus.SUBMITTED)
    departments = list(Department.objects.filter(code__in=JOINT).values_list("pk", flat=True))
    rows = submission.items.values_list("pk", flat=True)
    pairs = {(row, department) for row in rows for department in departments if chance.random() < 0.3}
    _look(chance)
    joint_review.send_rows(
        actor=chance.choice(office.reviewers),
        submission_id=submission.pk,
        revision=submission.revision,
        wanted=pairs,
        due_on=timezone.localdate() + dt.timedelta(days=chance.randint(0, 9)),
    )


def opine(office: Office, chance: random.Random) -> None:
    person = chance.choice(office.opinion_givers)
    sent = Opinion.objects.filter(department=person.department).exclude(state=Opinion.State.GIVEN)
    if chance.random() < 0.9:
        sent = sent.filter(item__submission__status=SubmissionStatus.SUBMITTED)
    submission = _some(chance, sent).item.submission
    mine = Opinion.objects.filter(item__submission=submission, department=person.department)
    stance = chance.choices(["agree", "suggest", "object"], [6, 1, 1])[0]
    choices = [
        joint_review.OpinionChoice(one.pk, one.revision, stance, "agree", "agree", "意见") for one in mine
    ]
    _look(chance)
    joint_review.give_opinions(actor=person, submission_id=submission.pk, choices=choices)


def silence(office: Office, chance: random.Random) -> None:
    """The morning on which every date has passed."""
    if not record_silence(timezone.localdate() + dt.timedelta(days=chance.randint(1, 20))):
        raise Idle


def _to_report(chance: random.Random) -> tuple[int, dict[int, int]]:
    """The lists of one round that seem ready, with the revisions that were looked at."""
    found: Any = Submission.objects.filter(status=SubmissionStatus.SUBMITTED)
    ready = found.with_counts().filter(undecided_count=0, waiting_count=0)
    first: Submission = _some(chance, ready if chance.random() < 0.9 else Submission.objects.all())
    beside = ready.filter(round=first.round_id).exclude(pk=first.pk)
    chosen = [first, *(one for one in beside if chance.random() < 0.5)]
    return first.round_id, {one.pk: one.revision for one in chosen}


def assemble(office: Office, chance: random.Random) -> None:
    round_id, chosen = _to_report(chance)
    _look(chance)
    reporting.assemble(actor=chance.choice(office.reviewers), round_id=round_id, lists=chosen)


def _unanswered(chance: random.Random) -> tuple[Report, dict[int, str]]:
    """A report, most often one without an answer, and perhaps rows of it to refuse."""
    found = Report.objects.filter(answered_at=None) if chance.random() < 0.95 else Report.objects.all()
    report: Report = _some(chance, found)
    kept = [
        row["id"]
        for one in reporting.content_of(report)["lists"]
        for row in one["rows"]
        if row["decision"] in KEPT
    ]
    rows = chance.sample(kept, min(len(kept), 2)) if chance.random() < 0.25 else []
    return report, dict.fromkeys(rows, "依据不足")


def approve(office: Office, chance: random.Random) -> None:
    report, refused = _unanswered(chance)
    _look(chance)
    reporting.approve(
        actor=chance.choice(office.reviewers),
        report_id=report.pk,
        document_no=f"桂政函〔2026〕{report.pk}号",
        approved_on=FIRST_DAY,
        refused=refused,
    )


def _next_day(chance: random.Random, city: str) -> dt.date:
    last = Edition.objects.filter(city=city).order_by("-effective_from").first()
    return last.effective_from + dt.timedelta(days=chance.randint(0, 3)) if last else FIRST_DAY


def publish(office: Office, chance: random.Random) -> None:
    submission = _list(chance, SubmissionStatus.APPROVED)
    day = _next_day(chance, submission.city_id)
    _look(chance)
    publication.publish(
        actor=chance.choice(office.reviewers),
        submission_id=submission.pk,
        revision=submission.revision,
        effective_from=day,
    )


def propose(office: Office, chance: random.Random) -> None:
    city = Division.objects.get(code=chance.choice(CITIES))
    if not city.editions.exists() or Proposal.objects.filter(status=Proposal.Status.OPEN).count() > 5:
        raise Idle
    texts = dict.fromkeys(FIELD_LABELS, "互助")
    texts["name"] = f"第{chance.randrange(5)}类动态调整情况证明"
    proposals.propose(actor=office.officers[city.pk], city=city, action="add", reason="群众需要", texts=texts)


def accept(office: Office, chance: random.Random) -> None:
    proposal = _some(chance, Proposal.objects.filter(status=Proposal.Status.OPEN))
    _look(chance)
    proposals.accept(actor=chance.choice(office.reviewers), proposal_id=proposal.pk)


# How often each is done, by the verbs.
WORK: dict[Callable[[Office, random.Random], None], int] = {
    decide: 24,
    hand_back: 7,
    opine: 10,
    assemble: 10,
    approve: 9,
    publish: 9,
    submit: 14,
    start_next_version: 4,
    file_list: 5,
    send: 4,
    edit: 2,
    propose: 3,
    accept: 3,
    reuse_a_decision: 3,
    return_list: 2,
    recheck: 2,
    silence: 2,
}


class Visitor:
    """Somebody at a browser: the same work through the pages."""

    def __init__(self, person: User) -> None:
        self.client = Client()
        self.client.force_login(person, backend="accounts.backends.RoleBackend")

    def decide(self, chance: random.Random) -> int:
        submission = _to_decide(chance)
        form: dict[str, Any] = {"action": "decide", "row": []}
        for row in submission.items.all():
            choice = _choice(chance, row)
            decision = "keep" if choice.decision == "amend" else choice.decision
            form["row"].append(row.pk)
            form |= {
                f"revision-{row.pk}": row.revision,
                f"was-decision-{row.pk}": row.decision,
                f"was-reason-{row.pk}": row.decision_reason,
                f"was-code-{row.pk}": row.reject_code,
                f"decision-{row.pk}": decision,
                f"reason-{row.pk}": choice.reason,
                f"code-{row.pk}": choice.code,
            }
        _look(chance)
        return self._post(_review_page(submission), form)

    def look_at_a_list(self, chance: random.Random) -> int:
        return self._get(_review_page(_list(chance, SubmissionStatus.SUBMITTED)))

    def publish(self, chance: random.Random) -> int:
        submission = _list(chance, SubmissionStatus.APPROVED)
        day = _next_day(chance, submission.city_id).isoformat()
        form = {"action": "publish", "revision": submission.revision, "effective_from": day}
        return self._post(_review_page(submission), form)

    def assemble(self, chance: random.Random) -> int:
        round_id, chosen = _to_report(chance)
        url = reverse("assemble", args=[round_id])
        if chance.random() < 0.3:
            return self._get(url)
        return self._post(url, {"list": [f"{one}-{revision}" for one, revision in chosen.items()]})

    def look_at_reports(self, chance: random.Random) -> int:
        status = self._get(reverse("reports"))
        report = _some(chance, Report.objects.all())
        name = chance.choice(["report", "report", "report_download"])
        return max(status, self._get(reverse(name, args=[report.pk])))

    def approve(self, chance: random.Random) -> int:
        report, refused = _unanswered(chance)
        form = {"document_no": "桂政函〔2026〕9号", "approved_on": FIRST_DAY.isoformat()}
        notes = {f"note-{row}": note for row, note in refused.items()}
        return self._post(reverse("report", args=[report.pk]), {**form, **notes, "refused": list(refused)})

    def look_around(self, chance: random.Random) -> int:
        round = chance.choice(_rounds())
        pages = [reverse("board_round", args=[round.pk]), reverse("matrix", args=[round.pk])]
        return self._get(chance.choice([*pages, reverse("notices"), reverse("board")]))

    def do_something(self, chance: random.Random) -> tuple[str, int]:
        """What was done, and the status of the answer."""
        pages = [self.decide, self.look_at_a_list, self.publish, self.assemble, self.look_at_reports]
        page = chance.choice([*pages, self.decide, self.approve, self.look_around])
        return page.__name__, page(chance)

    def _get(self, url: str) -> int:
        return self.client.get(url).status_code

    def _post(self, url: str, form: dict[str, Any]) -> int:
        return self.client.post(url, form).status_code


def _review_page(submission: Submission) -> str:
    return reverse("admin:catalogs_submission_change", args=[submission.pk])
