"""A village at work, for the demo: a published list, guides, requests in several stages.

Everything is done by the verbs that people use. The residents do not exist: 某某, born in 1900.
"""

import datetime as dt
import json
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files import File
from django.utils import timezone

from accounts.models import User
from audit.records import SYSTEM, save_recorded
from catalogs import guides, intake, publication, reporting, review, row_choices, submitting
from catalogs.models import CertificateType, Decision, Edition, Round, Submission
from catalogs.official_forms.form import FormRow
from catalogs.official_forms.write import write_annex3
from divisions.models import Division
from requests_app import fact_finding, handling, issuing, refusing
from requests_app.models import FactCheck
from requests_app.residents import Person

ROUND = "上一批次（演示）"
DOCUMENT_NO = "桂政函〔2025〕（演示）号"
CITY = "4501"
DAYS_AGO = 60
NOBODY = Person("韦某某", "450102190001010000", "13800000000", "演示路一号")


def build(people: dict[str, User], writer: Any, reason: str) -> None:
    """Publish Nanning's list of ``demo_window.json``, its guides, and some requests; once.

    ``people`` are the demo accounts by name; ``writer`` gives the officer of a department by code.
    """
    if Round.objects.filter(name=ROUND).exists():
        return
    rows = json.loads((settings.FIXTURE_ROOT / "demo_window.json").read_text(encoding="utf-8"))
    edition = _publish(people, rows, reason)
    for row in rows:
        if "guide" in row:
            kind = edition.items.get(name=row["name"]).certificate_type
            _guide(people["reviewer"], writer(row["department"]), kind, row)
    _requests(people["village"], edition)


def _publish(people: dict[str, User], rows: list[dict[str, Any]], reason: str) -> Edition:
    today = timezone.localdate()
    begun = today - dt.timedelta(days=DAYS_AGO)
    round = Round(name=ROUND, opens_on=begun - dt.timedelta(days=60), due_on=today)
    save_recorded(round, actor=SYSTEM, reason=reason)
    city, lead = Division.objects.get(code=CITY), people["reviewer"]
    names = ("name", "matter", "legal_basis", "purpose", "requesting_unit")
    form = [FormRow(sheet="", row=0, **{name: row[name] for name in names}) for row in rows]
    content = write_annex3(city=city.name, rows=form, reporter="演示", contact="0771-0000000")
    name = f"{city.name}附件3.xlsx"
    draft = intake.receive_form(
        actor=people["nanning"], city=city, round=round, name=name, file=File(BytesIO(content), name)
    )
    submitted = submitting.submit(
        actor=people["nanning"], submission_id=draft.pk, digest=submitting.preview_digest(draft)
    )
    choices = [
        row_choices.RowChoice(item.pk, item.revision, Decision.KEEP, "依据明确，属于职责范围。")
        for item in submitted.items.all()
    ]
    review.decide_rows(actor=lead, submission_id=submitted.pk, choices=choices)
    submitted = Submission.objects.get(pk=submitted.pk)
    report = reporting.assemble(actor=lead, round_id=round.pk, lists={submitted.pk: submitted.revision})
    reporting.approve(actor=lead, report_id=report.pk, document_no=DOCUMENT_NO, approved_on=begun)
    submitted = Submission.objects.get(pk=submitted.pk)
    published = publication.publish(
        actor=lead, submission_id=submitted.pk, revision=submitted.revision, effective_from=begun
    )
    round.due_on = begun
    save_recorded(round, actor=SYSTEM, reason=reason)
    return published


def _guide(checker: User, writer: User, kind: CertificateType, row: dict[str, Any]) -> None:
    region = Division.objects.get(code=CITY[:2])
    draft = guides.begin_guide(actor=writer, certificate_type=kind, division=region)
    content = {
        "materials": [],
        "working_days": 0,
        "needs_investigation": False,
        "needs_deliberation": False,
        "needs_id_number": True,
        "allows_promise": False,
        "promise_conditions": [],
        "valid_days": None,
        "keep_years": 3,
        "legal_basis": row["legal_basis"],
        **row["guide"],
    }
    sent = guides.write_guide(
        actor=writer, guide_id=draft.pk, revision=draft.revision, content=content, submits=True
    )
    guides.publish_guide(
        actor=checker, guide_id=sent.pk, revision=sent.revision, effective_from=timezone.localdate()
    )


def _requests(staff: User, edition: Edition) -> None:
    """One issued, one waiting for its investigation, one for its meeting, two refused."""
    village = staff.division
    if village is None:
        return
    done = handling.register(actor=staff, village=village, text="农民身份证明", person=NOBODY)
    papers, visit = FactCheck.Method.PAPERS, FactCheck.Method.VISIT
    fact_finding.record_fact(
        actor=staff, request_id=done.pk, method=papers, note="核对户口簿、土地承包合同，与所述一致。"
    )
    answers = {"从业情况": "从事种植业生产"}
    seen = issuing.preview(actor=staff, request_id=done.pk, answers=answers).digest
    issuing.issue(actor=staff, request_id=done.pk, answers=answers, head="负责人（演示）", seen=seen)
    handling.register(actor=staff, village=village, text="受灾证明", person=NOBODY)
    meeting = handling.register(actor=staff, village=village, text="宅基地权属来源证明", person=NOBODY)
    fact_finding.record_fact(
        actor=staff, request_id=meeting.pk, method=visit, note="到现场查看四至，询问相邻三户，均无异议。"
    )
    for text, demander, matter in (
        ("单身证明", "某银行某支行", "办理贷款"),
        ("“企业纳税信用等级证明”", "某招标代理机构", "投标"),
    ):
        refusing.turn_away(actor=staff, village=village, text=text, demander=demander, matter=matter)
