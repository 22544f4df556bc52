"""Small real-looking lists for the tests, and the steps that bring one to each stage."""

import datetime as dt
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.files import File
from django.utils import timezone

from accounts.models import Department, User
from catalogs import intake, joint_review, publication, reporting, review, row_choices, submitting, surveying
from catalogs.models import Edition, Opinion, Report, Round, Submission, Survey
from catalogs.official_forms.write import write_annex2, write_annex3
from divisions.models import Division


@dataclass(frozen=True)
class Line:
    name: str = ""
    matter: str = ""
    legal_basis: str = ""
    purpose: str = ""
    requesting_unit: str = ""


FARMER = Line(
    "农民身份证明",
    "农民专业合作社设立登记",
    "《中华人民共和国市场主体登记管理条例》第八条 申请办理登记应当提交申请人资格文件。",
    "用于证明成员的农民身份",
    "市场监督管理部门",
)
LAND = Line(
    "农村宅基地权属来源证明",
    "宅基地使用权首次登记",
    "《不动产登记暂行条例实施细则》第四十一条 申请登记应当提交权属来源材料。",
    "用于证明宅基地权属来源",
    "不动产登记机构",
)
SCHOOL = Line(
    "适龄儿童实际居住情况证明",
    "义务教育阶段学校入学",
    "《中华人民共和国义务教育法》第十二条 适龄儿童免试入学。",
    "用于证明实际居住",
    "教育行政部门",
)
NO_ARTICLE = Line(
    "野生动物致害情况证明",
    "陆生野生动物致害补偿",
    "《中华人民共和国野生动物保护法》",
    "用于证明受害情况",
    "林业部门",
)
BANNED = Line("婚姻状况证明", "办理贷款", "《商业银行法》第三十五条 贷款审查。", "用于证明婚姻状况", "银行")
ORDINARY = (FARMER, LAND, SCHOOL)


def workbook(*lines: Line, city: str = "南宁市", **about: Any) -> bytes:
    """An annex 3 workbook with these rows."""
    about = {"reporter": "韦某", "contact": "0771-0000000", "reported_on": dt.date(2026, 10, 15), **about}
    return write_annex3(city=city, rows=lines, **about)


def upload(officer: User, round: Round, content: bytes, name: str = "附件3.xlsx") -> Submission:
    """Upload ``content`` as the officer's city's list."""
    return intake.receive_form(
        actor=officer, city=city_of(officer), round=round, name=name, file=File(BytesIO(content), name)
    )


@dataclass(frozen=True)
class Habit:
    """One row of annex 2."""

    region: str = ""
    name: str = ""
    basis: str = ""
    department: str = ""
    purpose: str = ""
    necessity: str = ""


KINSHIP = Habit(
    "市本级", "亲属关系证明", "《中华人民共和国公证法》第二十七条", "公证处", "办理亲属关系公证", "必要"
)
INCOME = Habit("兴宁区", "收入证明", "无明确法律法规依据", "农村信用社", "办理贷款", "不必要，建议取消")
HARDSHIP = Habit(
    "兴宁区", "独居老人生活情况证明", "《法律援助条例》第十七条", "司法局", "申请法律援助", "必要，拟保留"
)
HABITS = (KINSHIP, INCOME, HARDSHIP)


def survey_workbook(*habits: Habit, city: str = "南宁市", **about: Any) -> bytes:
    """An annex 2 workbook with these rows."""
    about = {"reporter": "韦某", "contact": "0771-0000000", "reported_on": dt.date(2026, 10, 15), **about}
    return write_annex2(city=city, rows=habits or HABITS, **about)


def surveyed(
    officer: User, round: Round, *habits: Habit, content: bytes | None = None, name: str = "附件2.xlsx"
) -> Survey:
    """The officer's table, received and read, waiting to be looked at."""
    assert officer.division is not None
    survey = surveying.receive_survey(
        actor=officer,
        division=officer.division,
        department=officer.department if officer.role == "department_officer" else None,
        round=round,
        name=name,
        file=File(BytesIO(content or survey_workbook(*habits, city=officer.division.name)), name),
    )
    surveying.read_survey(survey.pk)
    survey.refresh_from_db()
    return survey


def drafted(officer: User, round: Round, *lines: Line) -> Submission:
    city = city_of(officer)
    return upload(officer, round, workbook(*(lines or ORDINARY), city=city.name))


def submitted(officer: User, round: Round, *lines: Line) -> Submission:
    draft = drafted(officer, round, *lines)
    return submitting.submit(actor=officer, submission_id=draft.pk, digest=submitting.preview_digest(draft))


def decide(reviewer: User, submission: Submission, reject: tuple[str, ...] = ()) -> Submission:
    """Keep every row except those named, which are rejected."""
    choices = [
        row_choices.RowChoice(
            row.pk,
            row.revision,
            "reject" if row.name in reject else "keep",
            "没有法律法规依据" if row.name in reject else "",
            "no_basis" if row.name in reject else "",
        )
        for row in submission.items.all()
    ]
    review.decide_rows(actor=reviewer, submission_id=submission.pk, choices=choices)
    submission.refresh_from_db()
    return submission


def published(
    officer: User,
    reviewer: User,
    round: Round,
    *lines: Line,
    reject: tuple[str, ...] = (),
    effective_from: dt.date = dt.date(2026, 1, 1),
) -> Edition:
    submission = decide(reviewer, submitted(officer, round, *lines), reject)
    return publish(reviewer, submission, effective_from)


def sent_to(
    lead: User, submission: Submission, *departments: str, rows: tuple[int, ...] = (), days: int = 10
) -> Submission:
    """Rows of a submitted list (all, or those at ``rows``) sent to departments by their codes."""
    items = submission.items.filter(position__in=rows) if rows else submission.items.all()
    pairs = {
        (item.pk, department.pk)
        for item in items
        for department in Department.objects.filter(code__in=departments)
    }
    asked = Opinion.objects.filter(item__submission=submission).values_list("item_id", "department_id")
    submission.refresh_from_db()
    joint_review.send_rows(
        actor=lead,
        submission_id=submission.pk,
        revision=submission.revision,
        wanted=pairs | set(asked),
        due_on=timezone.localdate() + dt.timedelta(days=days),
    )
    submission.refresh_from_db()
    return submission


def opined(
    person: User, submission: Submission, stance: str = "agree", text: str = "", rows: tuple[int, ...] = ()
) -> Submission:
    """What a person's department says of the rows sent to it: ``stance`` on legality, else agreement."""
    mine = Opinion.objects.filter(item__submission=submission, department=person.department)
    if rows:
        mine = mine.filter(item__position__in=rows)
    choices = [
        joint_review.OpinionChoice(one.pk, one.revision, stance, "agree", "agree", text) for one in mine
    ]
    joint_review.give_opinions(actor=person, submission_id=submission.pk, choices=choices)
    return submission


def reported(reviewer: User, *submissions: Submission) -> Report:
    """The decided lists, sent to the government."""
    revisions = {one.pk: Submission.objects.get(pk=one.pk).revision for one in submissions}
    return reporting.assemble(actor=reviewer, round_id=submissions[0].round_id, lists=revisions)


def approved(
    reviewer: User, *submissions: Submission, approved_on: dt.date = dt.date(2026, 1, 1), **answer: Any
) -> Report:
    """The decided lists, sent to the government and answered."""
    report = reported(reviewer, *submissions)
    answer = {"document_no": "桂政函〔2026〕1号", **answer}
    return reporting.approve(actor=reviewer, report_id=report.pk, approved_on=approved_on, **answer)


def publish(reviewer: User, submission: Submission, effective_from: dt.date) -> Edition:
    """Report a decided list, have it approved, and publish it."""
    approved(reviewer, submission, approved_on=min(effective_from, dt.date(2026, 1, 1)))
    return publish_approved(reviewer, submission, effective_from)


def publish_approved(reviewer: User, submission: Submission, effective_from: dt.date) -> Edition:
    submission.refresh_from_db()
    return publication.publish(
        actor=reviewer,
        submission_id=submission.pk,
        revision=submission.revision,
        effective_from=effective_from,
    )


def city_of(officer: User) -> Division:
    assert officer.division is not None
    return officer.division
