"""A whole province at work, for the demo: fourteen cities with sixty rows each, in all stages.

Everything is done by the verbs that people use.
"""

import datetime as dt
import json
import random
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files import File
from django.utils import timezone

from accounts.models import User
from audit.records import SYSTEM, save_recorded
from catalog_portal.demo_accounts import city_officer, joint_reviewer
from catalog_portal.management.commands.load_demo import REASON
from catalogs import (
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
    CertificateAlias,
    Decision,
    Edition,
    Finding,
    Opinion,
    Round,
    Submission,
    SubmissionItem,
)
from catalogs.official_forms.form import FormRow
from catalogs.official_forms.write import write_annex3
from divisions.models import Division

ROUND = "全区集中编制（演示）"
ROWS = 60
DOCUMENT_NO = "桂政函〔2026〕（演示）号"
JOINT = ("public_security", "justice", "human_resources", "health", "development_reform", "big_data")
# How far each city has come; the rest of the fourteen have not begun.
STAGES = {
    "4501": "published",
    "4502": "published",
    "4503": "approved",
    "4504": "reported",
    "4505": "rows_returned",
    "4506": "decided",
    "4507": "second_version",
    "4508": "returned",
    "4509": "objected",
    "4510": "joint_review",
    "4511": "submitted",
    "4512": "submitted",
    "4513": "draft",
}
WITHOUT_OPINIONS = {"draft", "submitted"}
DECIDED = {"published", "approved", "reported", "rows_returned", "decided"}


class Province:
    """Builds the demo round, city by city. The same every time: the dice are loaded."""

    def __init__(self, lead: User, say: Any) -> None:
        self.lead = lead
        self.say = say
        self.dice = random.Random(45)  # noqa: S311 - sample data
        path = settings.FIXTURE_ROOT / "demo_certificates.json"
        self.pool = json.loads(path.read_text(encoding="utf-8"))
        self.today = timezone.localdate()

    def build(self) -> None:
        self.round = Round(
            name=ROUND,
            opens_on=self.today - dt.timedelta(days=40),
            due_on=self.today + dt.timedelta(days=5),
        )
        save_recorded(self.round, actor=SYSTEM, reason=REASON)
        self.joint = {code: joint_reviewer(code) for code in JOINT}
        for entry in self.pool[::2]:  # the other half is left for the reviewer to unify
            name, *others = entry["names"]
            if CertificateAlias.objects.called(name) is None:
                harmonising.unify_names(actor=self.lead, name=name, others=others)
        for code, stage in STAGES.items():
            city = Division.objects.get(code=code)
            self.say(f"  {city.name} …")
            self._city(city, city_officer(city), stage)
        self._report()

    # ---- One city ----
    def _city(self, city: Division, officer: User, stage: str) -> None:
        draft = self._upload(city, officer)
        if stage == "draft":
            return
        submission = self._submit(officer, draft)
        if stage in WITHOUT_OPINIONS:
            return
        self._send(submission)
        self._opine(submission, answered=1.0 if stage in DECIDED else 0.7, objects=stage != "joint_review")
        if stage in {"returned", "second_version"}:
            submission.refresh_from_db()
            review.return_submission(
                actor=self.lead,
                submission_id=submission.pk,
                revision=submission.revision,
                comment="部分事项依据未写到具体条款，个别依据已废止，请核对后重报。",
            )
        if stage == "second_version":
            self._second_version(officer, submission)
        if stage in DECIDED:
            self._decide(submission, returns=2 if stage == "rows_returned" else 0)

    def _upload(self, city: Division, officer: User) -> Submission:
        rows = [self._row(entry) for entry in self._chosen()]
        content = write_annex3(city=city.name, rows=rows, reporter="演示", contact="0771-0000000")
        name = f"{city.name}附件3.xlsx"
        return intake.receive_form(
            actor=officer, city=city, round=self.round, name=name, file=File(BytesIO(content), name)
        )

    def _chosen(self) -> list[dict[str, Any]]:
        chosen = self.dice.sample(self.pool, min(ROWS, len(self.pool)))
        return sorted(chosen, key=self.pool.index)

    def _row(self, entry: dict[str, Any]) -> FormRow:
        return FormRow(
            sheet="",
            row=0,
            name=self.dice.choice(entry["names"]),
            legal_basis=self.dice.choice(entry["legal_basis"]),
            **{field: entry[field] for field in ("matter", "purpose", "requesting_unit")},
        )

    def _submit(self, officer: User, draft: Submission) -> Submission:
        return submitting.submit(
            actor=officer, submission_id=draft.pk, digest=submitting.preview_digest(draft)
        )

    def _send(self, submission: Submission) -> None:
        departments = joint_review.joint_departments()
        by_code = {department.code: department for department in departments}
        wanted = set()
        for item in submission.items.all():
            asked = [one for one in joint_review.suggested(item, departments) if one.code in JOINT]
            asked = asked or [by_code[self.dice.choice(JOINT)]]
            wanted |= {(item.pk, one.pk) for one in asked}
        submission.refresh_from_db()
        joint_review.send_rows(
            actor=self.lead,
            submission_id=submission.pk,
            revision=submission.revision,
            wanted=wanted,
            due_on=self.today + dt.timedelta(days=self.dice.randint(0, 6)),
        )

    def _opine(self, submission: Submission, answered: float, objects: bool) -> None:
        for reviewer in self.joint.values():
            mine = Opinion.objects.filter(item__submission=submission, department=reviewer.department)
            choices = []
            for opinion in mine:
                if self.dice.random() > answered:
                    continue
                dice = self.dice.random()
                stance, text = "agree", ""
                if objects and dice < 0.06:
                    stance, text = "object", "可由我部门系统核验，不需要群众提供证明。"
                elif dice < 0.14:
                    stance, text = "suggest", "建议写明所依据的具体条款和用途。"
                choices.append(
                    joint_review.OpinionChoice(opinion.pk, opinion.revision, "agree", stance, "agree", text)
                )
            if choices:
                joint_review.give_opinions(actor=reviewer, submission_id=submission.pk, choices=choices)

    def _second_version(self, officer: User, submission: Submission) -> None:
        draft = intake.start_new_version(actor=officer, submission_id=submission.pk)
        wrong = draft.items.filter(findings__code=Finding.Code.NO_ARTICLE).distinct()
        for item in wrong:
            basis = f"{item.legal_basis}第三条"
            mending.edit_row(
                actor=officer, item_id=item.pk, values={"legal_basis": basis}, revision=item.revision
            )
        self._submit(officer, draft)

    def _decide(self, submission: Submission, returns: int) -> None:
        items = submission.items.prefetch_related("findings", "opinions").order_by("position")
        choices = [self._choice(item) for item in items]
        for number in range(returns):
            item = items[number * 7 + 3]
            choices[number * 7 + 3] = row_choices.RowChoice(
                item.pk, item.revision, Decision.RETURN, "请写明用途和具体条款。"
            )
        review.decide_rows(actor=self.lead, submission_id=submission.pk, choices=choices)

    def _choice(self, item: SubmissionItem) -> row_choices.RowChoice:
        codes = {finding.code for finding in item.findings.all() if finding.level != Finding.Level.HINT}
        decision, code, reason = Decision.KEEP, "", ""
        if row_choices.banned_hit(item, {}) is not None:
            decision, code, reason = Decision.REJECT, "banned", "属于不应出具事项。"
        elif Finding.Code.LAW_REPEALED in codes:
            decision, code, reason = Decision.REJECT, "repealed", "所列依据已废止。"
        elif Finding.Code.NO_ARTICLE in codes:
            decision, code, reason = Decision.REJECT, "no_basis", "没有写明具体条款。"
        elif self.dice.random() < 0.1:
            decision, code, reason = Decision.REJECT, "shareable", "可由索要单位通过信息共享核验。"
        elif any(opinion.is_objection for opinion in item.opinions.all()):
            reason = "相关系统尚未覆盖乡镇，暂予保留。"
        return row_choices.RowChoice(item.pk, item.revision, decision, reason, code)

    # ---- The government ----
    def _report(self) -> None:
        lists = {one.city_id: one for one in Submission.objects.filter(round=self.round, status="submitted")}
        self._approve([lists["4501"], lists["4502"], lists["4503"]])
        for code in ("4501", "4502"):
            submission = Submission.objects.get(pk=lists[code].pk)
            publication.publish(
                actor=self.lead,
                submission_id=submission.pk,
                revision=submission.revision,
                effective_from=self.today,
            )
        self._assemble([lists["4504"]])
        self._propose(Edition.objects.in_force(self.today).get(city="4501"))

    def _assemble(self, submissions: list[Submission]) -> Any:
        for submission in submissions:
            submission.refresh_from_db()
        return reporting.assemble(
            actor=self.lead,
            round_id=self.round.pk,
            lists={submission.pk: submission.revision for submission in submissions},
        )

    def _approve(self, submissions: list[Submission]) -> None:
        report = self._assemble(submissions)
        reporting.approve(
            actor=self.lead, report_id=report.pk, document_no=DOCUMENT_NO, approved_on=self.today
        )

    def _propose(self, edition: Edition) -> None:
        """Two proposals of the city: one under review, one waiting."""
        officer = city_officer(edition.city)
        first, second = edition.items.order_by("position")[:2]
        for item, action in ((first, "change"), (second, "remove")):
            texts = {field: getattr(item, field) for field in FIELD_LABELS}
            proposal = proposals.propose(
                actor=officer,
                city=edition.city,
                action=action,
                reason="工作中发现的情况有变化。",
                texts={**texts, "purpose": f"{texts['purpose']}（当年有效）"},
                edition_item=item,
            )
            if action == "change":
                proposals.accept(actor=self.lead, proposal_id=proposal.pk)
