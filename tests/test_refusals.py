"""What the verbs and pages refuse, and that nothing else changes then."""

import datetime as dt
from io import BytesIO
from typing import Any

import pytest
from django.core.files import File
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from accounts.models import User
from catalogs import intake, mending, review, submitting
from catalogs.errors import BadInput, FourEyes, NotAllowed, Stale, WrongState
from catalogs.models import Edition, ImmutableEdition, Law, Round, Submission, SubmissionItem, UploadedForm
from catalogs.official_forms import read_annex3
from tests import cast, lists


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.RoleBackend")
    return client


def _other_workbook() -> bytes:
    book = Workbook()
    book.active.append(["日期", "收入"])
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "空"),
        (b"\x00\x01random bytes" * 50, "xlsx"),
        (_other_workbook(), "附件3"),
    ],
)
def test_a_bad_file_is_kept_and_changes_nothing_else(
    people: dict[str, User], open_round: Round, content: bytes, says: str
) -> None:
    client = signed_in(people["city_officer"])
    file = SimpleUploadedFile("清单.xlsx", content)
    response = client.post(reverse("upload", args=[open_round.pk]), {"file": file})
    page = response.content.decode()
    assert response.status_code == 400
    assert "未能读取" in page or "请先选择" in page
    assert says in page
    assert not Submission.objects.exists()
    kept = UploadedForm.objects.get()
    assert (kept.name, kept.size, kept.outcome) == ("清单.xlsx", len(content), "refused")
    with kept.file.open("rb") as stored:
        assert stored.read() == content


def test_a_file_over_the_limit_is_kept_and_refused(
    people: dict[str, User], open_round: Round, settings: Any
) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1000
    client = signed_in(people["city_officer"])
    file = SimpleUploadedFile("清单.xlsx", lists.workbook(*lists.ORDINARY))
    response = client.post(reverse("upload", args=[open_round.pk]), {"file": file})
    assert response.status_code == 400
    assert "超过上限" in response.content.decode()
    assert UploadedForm.objects.get().outcome == "refused"
    assert not Submission.objects.exists()


def test_findings_say_what_is_wrong_and_mending_removes_them(
    people: dict[str, User], open_round: Round
) -> None:
    officer = people["city_officer"]
    draft = lists.drafted(
        officer,
        open_round,
        lists.BANNED,
        lists.NO_ARTICLE,
        lists.FARMER,
        lists.FARMER,
        lists.Line("", "某事"),
    )
    codes = set(draft.findings.values_list("item__position", "code"))
    assert {(1, "banned_name"), (2, "no_article"), (4, "duplicate_row"), (5, "missing_field")} <= codes
    with pytest.raises(BadInput, match="第5行未填写证明材料名称"):
        submitting.submit(actor=officer, submission_id=draft.pk, digest=submitting.preview_digest(draft))
    row = draft.items.get(position=2)
    mending.edit_row(
        actor=officer,
        item_id=row.pk,
        values={"legal_basis": "《中华人民共和国野生动物保护法》第十九条"},
        revision=row.revision,
    )
    assert not draft.findings.filter(item=row).exists()


def test_a_list_of_another_city_is_pointed_out(people: dict[str, User], open_round: Round) -> None:
    draft = lists.upload(people["city_officer"], open_round, lists.workbook(*lists.ORDINARY, city="柳州市"))
    assert list(draft.findings.values_list("code", flat=True)) == ["other_city"]


def test_two_tabs_cannot_mend_the_same_row(people: dict[str, User], open_round: Round) -> None:
    officer = people["city_officer"]
    row = lists.drafted(officer, open_round).items.get(position=1)
    seen = row.revision
    mending.edit_row(actor=officer, item_id=row.pk, values={"purpose": "甲"}, revision=seen)
    with pytest.raises(Stale):
        mending.edit_row(actor=officer, item_id=row.pk, values={"purpose": "乙"}, revision=seen)
    row.refresh_from_db()
    assert row.purpose == "甲"


def test_two_tabs_deciding_the_same_row_the_second_is_told(
    people: dict[str, User], open_round: Round
) -> None:
    submission = lists.submitted(people["city_officer"], open_round)
    row = submission.items.get(position=1)
    review.decide_row(actor=people["reviewer"], item=row, revision=0, decision="keep")
    client = signed_in(people["second_reviewer"])
    response = client.post(
        reverse("admin:catalogs_submission_change", args=[submission.pk]),
        {
            "action": "decide",
            "row": row.pk,
            f"revision-{row.pk}": 0,
            f"was-decision-{row.pk}": "undecided",
            f"decision-{row.pk}": "reject",
            f"code-{row.pk}": "no_basis",
            f"reason-{row.pk}": "没有依据，第二个页面的理由",
        },
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert "第1行已由审核员甲于" in page
    assert "没有依据，第二个页面的理由" in page
    row.refresh_from_db()
    assert (row.decision, row.decided_by) == ("keep", people["reviewer"])


def test_a_row_nobody_touched_is_not_decided_again(people: dict[str, User], open_round: Round) -> None:
    """A stale page must not undo what someone else decided on rows that its reader left alone."""
    submission = lists.submitted(people["city_officer"], open_round)
    first, second = submission.items.filter(position__lte=2)
    review.decide_row(actor=people["reviewer"], item=first, revision=0, decision="keep")
    post: dict[str, Any] = {"action": "decide", "row": [first.pk, second.pk]}
    for row in (first, second):
        post |= {f"revision-{row.pk}": 0, f"was-decision-{row.pk}": "undecided"}
    post[f"decision-{second.pk}"] = "keep"
    url = reverse("admin:catalogs_submission_change", args=[submission.pk])
    assert signed_in(people["second_reviewer"]).post(url, post).status_code == 302
    first.refresh_from_db()
    assert first.decided_by == people["reviewer"]


def test_a_rejection_needs_a_reason(people: dict[str, User], open_round: Round) -> None:
    submission = lists.submitted(people["city_officer"], open_round)
    row = submission.items.get(position=1)
    with pytest.raises(BadInput, match="请填写理由"):
        review.decide_row(actor=people["reviewer"], item=row, revision=0, decision="reject")


def test_whoever_filed_a_row_cannot_decide_whatever_their_rights(
    people: dict[str, User], open_round: Round
) -> None:
    boss = people["superuser"]
    city = lists.city_of(people["city_officer"])
    draft = intake.receive_form(
        actor=boss,
        city=city,
        round=open_round,
        name="a.xlsx",
        file=File(BytesIO(lists.workbook(*lists.ORDINARY)), "a.xlsx"),
    )
    # The city's officer submits; the superuser only uploaded, and that is enough.
    for row in draft.items.all():
        mending.edit_row(actor=people["city_officer"], item_id=row.pk, values={"purpose": "改"}, revision=0)
    draft.refresh_from_db()
    seen = submitting.preview_digest(draft)
    sent = submitting.submit(actor=people["city_officer"], submission_id=draft.pk, digest=seen)
    with pytest.raises(FourEyes):
        lists.decide(boss, sent)
    with pytest.raises(FourEyes):
        lists.reported(boss, sent)
    with pytest.raises(FourEyes):
        review.return_submission(actor=boss, submission_id=sent.pk, revision=sent.revision, comment="退")
    lists.decide(people["reviewer"], sent)
    lists.approved(people["reviewer"], sent)
    with pytest.raises(FourEyes):
        lists.publish_approved(boss, sent, dt.date(2026, 1, 1))


def test_the_database_holds_four_eyes_too(people: dict[str, User], open_round: Round) -> None:
    submission = lists.submitted(people["city_officer"], open_round)
    rows = SubmissionItem.objects.filter(submission=submission)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(decision="keep", decided_by=people["city_officer"], decided_at=timezone.now())


def test_the_database_holds_one_open_list_per_city_and_round(
    people: dict[str, User], open_round: Round
) -> None:
    draft = lists.drafted(people["city_officer"], open_round)
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.create(city=draft.city, round=open_round, version=2)


def test_a_returned_list_comes_back_as_the_next_version(people: dict[str, User], open_round: Round) -> None:
    officer, reviewer = people["city_officer"], people["reviewer"]
    first = lists.submitted(officer, open_round)
    with pytest.raises(BadInput):
        review.return_submission(actor=reviewer, submission_id=first.pk, revision=first.revision, comment=" ")
    review.return_submission(
        actor=reviewer, submission_id=first.pk, revision=first.revision, comment="第2行补条款"
    )
    page = signed_in(officer).get(reverse("submission", args=[first.pk])).content.decode()
    assert "第2行补条款" in page
    second = intake.start_new_version(actor=officer, submission_id=first.pk)
    assert (second.version, second.status, second.items.count()) == (2, "draft", 3)
    with pytest.raises(WrongState):
        lists.decide(reviewer, first)


def test_publishing_needs_every_row_decided_and_sound_dates(
    people: dict[str, User], open_round: Round
) -> None:
    reviewer = people["reviewer"]
    submission = lists.submitted(people["city_officer"], open_round)
    with pytest.raises(BadInput, match="还有 3 行未审"):
        lists.publish(reviewer, submission, dt.date(2026, 1, 1))
    lists.decide(reviewer, submission)
    with pytest.raises(WrongState):
        lists.publish_approved(reviewer, submission, dt.date(2026, 1, 1))
    lists.approved(reviewer, submission, approved_on=dt.date(2026, 2, 1))
    with pytest.raises(BadInput, match="生效日期不能早于批准日期"):
        lists.publish_approved(reviewer, submission, dt.date(2026, 1, 1))
    assert not Edition.objects.exists()


def test_a_published_edition_cannot_be_edited_and_is_superseded(
    people: dict[str, User], open_round: Round
) -> None:
    officer, reviewer = people["city_officer"], people["reviewer"]
    first = lists.published(officer, reviewer, open_round)
    with pytest.raises(ImmutableEdition):
        first.save()
    with pytest.raises(ImmutableEdition):
        Edition.objects.update(approval_document_no="x")
    with pytest.raises(ImmutableEdition):
        first.items.all().delete()
    later_round = Round.objects.create(name="下一批次", due_on=dt.date(2027, 1, 1))
    second = lists.published(officer, reviewer, later_round, lists.LAND, effective_from=dt.date(2026, 7, 1))
    assert second.number == 2
    assert Edition.objects.in_force(dt.date(2026, 6, 30)).get() == first
    assert Edition.objects.in_force(dt.date(2026, 7, 1)).get() == second
    page = Client().get(reverse("city_list", args=["4501"]), {"on": "2026-06-30"}).content.decode()
    assert "农民身份证明" in page


def test_a_city_touches_only_its_own(people: dict[str, User], open_round: Round) -> None:
    draft = lists.drafted(people["city_officer"], open_round)
    with pytest.raises(NotAllowed):
        mending.add_row(actor=people["other_city_officer"], submission_id=draft.pk)
    with pytest.raises(NotAllowed):
        submitting.submit(actor=people["village_staff"], submission_id=draft.pk, digest="")


def test_a_first_password_must_be_changed(reference: None) -> None:
    person = cast.person("village_staff", must_change_password=True)
    client = signed_in(person)
    assert client.get(reverse("check"))["Location"] == reverse("password_change")
    new = "xin-de-mima-2026"
    client.post(
        reverse("password_change"),
        {"old_password": cast.PASSWORD, "new_password1": new, "new_password2": new},
    )
    assert client.get(reverse("check")).status_code == 200


def test_repeated_failures_lock_the_account_in_chinese(people: dict[str, User], settings: Any) -> None:
    client = Client()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        response = client.post(reverse("login"), {"username": "reviewer", "password": "错误的密码"})
    assert response.status_code == 429
    assert "已暂时锁定" in response.content.decode()
    right = client.post(reverse("login"), {"username": "reviewer", "password": cast.PASSWORD})
    assert right.status_code == 429


def test_demo_accounts_cannot_log_in_outside_a_demo(reference: None, settings: Any) -> None:
    person = cast.person("village_staff")
    person.is_demo = True
    person.save()
    settings.DEMO = False
    response = Client().post(reverse("login"), {"username": "village_staff", "password": cast.PASSWORD})
    assert response.status_code == 200
    assert "_auth_user_id" not in response.client.session


def test_a_reason_without_a_decision_is_not_lost(people: dict[str, User], open_round: Round) -> None:
    submission = lists.submitted(people["city_officer"], open_round)
    row = submission.items.get(position=1)
    response = signed_in(people["reviewer"]).post(
        reverse("admin:catalogs_submission_change", args=[submission.pk]),
        {
            "action": "decide",
            "row": row.pk,
            f"revision-{row.pk}": 0,
            f"was-decision-{row.pk}": "undecided",
            f"reason-{row.pk}": "写了一半的理由",
        },
    )
    page = response.content.decode()
    assert "第1行填写了理由但没有选择结论" in page
    assert "写了一半的理由</textarea>" in page


def test_publishing_says_how_many_rows_and_can_be_tried_again(
    people: dict[str, User], open_round: Round
) -> None:
    client = signed_in(people["reviewer"])
    submission = lists.submitted(people["city_officer"], open_round)
    lists.decide(people["reviewer"], submission, reject=(lists.SCHOOL.name,))
    lists.approved(people["reviewer"], submission)
    submission.refresh_from_db()
    url = reverse("admin:catalogs_submission_change", args=[submission.pk])
    assert "将予以保留的 2 行公布为南宁市保留清单" in client.get(url).content.decode()
    post = {
        "action": "publish",
        "revision": submission.revision - 1,
        "effective_from": "2026-01-01",
    }
    stale = client.post(url, post)
    assert stale.status_code == 409
    assert not Edition.objects.exists()
    again = stale.context["publish_form"]["revision"].value()
    assert client.post(url, {**post, "revision": again}).status_code == 302
    assert Edition.objects.get().items.count() == 2


def test_the_second_tab_sees_what_is_stored_and_keeps_what_it_typed(
    people: dict[str, User], open_round: Round
) -> None:
    officer = people["city_officer"]
    row = lists.drafted(officer, open_round).items.get(position=1)
    mending.edit_row(actor=officer, item_id=row.pk, values={"purpose": "先存的用途"}, revision=0)
    response = signed_in(officer).post(
        reverse("edit_row", args=[row.pk]), {"purpose": "后写的用途", "revision": 0}
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert "后写的用途</textarea>" in page
    assert "先存的用途" in page


def test_what_is_submitted_is_what_was_looked_at(people: dict[str, User], open_round: Round) -> None:
    """A law repealed after the clerk looked is seen before the list goes out, not after."""
    officer = people["city_officer"]
    draft = lists.drafted(officer, open_round)
    seen = submitting.preview_digest(draft)
    law = Law.objects.get(title="中华人民共和国义务教育法")
    law.repealed_on = dt.date(2026, 10, 1)
    law.save()
    page = signed_in(officer).post(reverse("submit", args=[draft.pk]), {"digest": seen})
    assert page.status_code == 409
    assert "清单或核查结论在您查看之后又有变化" in page.content.decode()
    assert "已于2026年10月1日废止" in page.content.decode()
    draft.refresh_from_db()
    assert draft.is_draft
    submitting.submit(actor=officer, submission_id=draft.pk, digest=submitting.preview_digest(draft))


def test_a_reviewer_checks_again_and_takes_the_decisions_away(
    people: dict[str, User], open_round: Round
) -> None:
    submission = lists.submitted(people["city_officer"], open_round)
    client = signed_in(people["reviewer"])
    url = reverse("admin:catalogs_submission_change", args=[submission.pk])
    law = Law.objects.get(title="中华人民共和国义务教育法")
    law.repealed_on = dt.date(2026, 10, 1)
    law.save()
    assert "年10月1日废止" not in client.get(url).content.decode()
    client.post(url, {"action": "recheck"})
    assert "已于2026年10月1日废止" in client.get(url).content.decode()
    lists.decide(people["reviewer"], submission, reject=(lists.SCHOOL.name,))
    book = load_workbook(BytesIO(client.get(url, {"download": "decisions"}).content))
    cells = [[cell.value for cell in line] for line in book.active.iter_rows()]
    assert cells[1][6:10] == ["审核结论", "审核理由", "不予保留原因", "依据条款"]
    assert cells[4][9] == "桂民规〔2020〕3号 二(二)、三(二)"
    assert [line[6] for line in cells[2:]] == ["予以保留", "予以保留", "不予保留"]


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_a_list_leaves_as_the_official_form(kind: str, people: dict[str, User], open_round: Round) -> None:
    officer = people["city_officer"]
    draft = lists.drafted(officer, open_round)
    response = signed_in(officer).get(reverse("download", args=[draft.pk]), {"as": kind})
    assert response["Content-Disposition"].endswith(f".{kind}")
    form = read_annex3(response.content)
    assert [row.name for row in form.rows] == [line.name for line in lists.ORDINARY]
    assert (form.city, form.reported_on) == ("南宁市", draft.reported_on)


def test_every_row_can_be_traced_to_its_cell(people: dict[str, User], open_round: Round) -> None:
    draft = lists.drafted(people["city_officer"], open_round, lists.FARMER, lists.NO_ARTICLE)
    rows = draft.items.order_by("position")
    assert [(row.source_sheet, row.source_row, row.source_columns) for row in rows] == [
        ("附件3", 4, [2, 3, 4, 5, 6]),
        ("附件3", 5, [2, 3, 4, 5, 6]),
    ]
    page = signed_in(people["city_officer"]).get(reverse("submission", args=[draft.pk])).content.decode()
    assert "表中 D5" in page
