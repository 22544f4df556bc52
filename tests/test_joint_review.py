"""Joint review and decisions: who may say what on which row, and what stands in the way."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from catalogs import joint_review, mending, reporting, review
from catalogs.errors import BadInput, FourEyes, NotAllowed, Stale, WrongState
from catalogs.models import (
    BannedException,
    Decision,
    Edition,
    Notice,
    Opinion,
    Round,
    Submission,
    SubmissionItem,
)
from catalogs.opinions import record_silence
from tests import cast, lists
from tests.test_refusals import signed_in

TODAY = dt.date(2026, 1, 1)


@pytest.fixture
def sent(people: dict[str, User], open_round: Round) -> Submission:
    """Nanning's list, its first two rows with the police and the courts' ministry."""
    submission = lists.submitted(people["city_officer"], open_round)
    return lists.sent_to(people["reviewer"], submission, "public_security", "justice", rows=(1, 2))


def test_rows_go_to_the_departments_whose_field_they_touch(reference: None) -> None:
    row = lists.Line(
        "无户口人员情况证明", "补办户口登记", "《户口登记条例》第七条", "用于户口登记", "公安机关"
    )
    departments = joint_review.joint_departments()
    assert "civil_affairs" not in {one.code for one in departments}
    named = SubmissionItem(position=1, **vars(row))
    assert [one.code for one in joint_review.suggested(named, departments)] == ["public_security"]
    by_law = SubmissionItem(position=1, name="居住情况证明", legal_basis="《中华人民共和国公证法》第二十七条")
    assert [one.code for one in joint_review.suggested(by_law, departments)] == ["justice"]


def test_a_department_sees_and_judges_only_what_was_sent_to_it(
    people: dict[str, User], sent: Submission
) -> None:
    page = signed_in(people["joint_reviewer"]).get(reverse("opinions", args=[sent.pk])).content.decode()
    names = list(sent.items.order_by("position").values_list("name", flat=True))
    assert names[0] in page
    assert names[1] in page
    assert names[2] not in page
    others = Opinion.objects.filter(item__submission=sent, department__code="justice").first()
    assert others is not None
    choice = joint_review.OpinionChoice(others.pk, 0, "agree", "agree", "agree")
    with pytest.raises(NotAllowed):
        joint_review.give_opinions(actor=people["joint_reviewer"], submission_id=sent.pk, choices=[choice])
    assert Notice.objects.filter(recipient=people["joint_reviewer"], kind="sent").count() == 1


def test_an_objection_needs_words(people: dict[str, User], sent: Submission) -> None:
    with pytest.raises(BadInput, match="请写明意见"):
        lists.opined(people["joint_reviewer"], sent, "object")
    with pytest.raises(BadInput, match="没有选全"):
        lists.opined(people["joint_reviewer"], sent, "")
    assert not Opinion.objects.exclude(state="waiting").exists()


def test_many_rows_are_agreed_to_at_once(people: dict[str, User], sent: Submission) -> None:
    mine = Opinion.objects.filter(department=people["joint_reviewer"].department)
    post = {"agree_all": "1", "opinion": [one.pk for one in mine], "selected": [one.pk for one in mine]}
    post |= {f"revision-{one.pk}": one.revision for one in mine}
    client = signed_in(people["joint_reviewer"])
    assert client.post(reverse("opinions", args=[sent.pk]), post).status_code == 302
    assert {one.summary for one in mine.all()} == {"同意"}


def test_a_colleague_was_faster_and_both_texts_are_shown(people: dict[str, User], sent: Submission) -> None:
    lists.opined(people["joint_reviewer"], sent, "suggest", "先写的意见", rows=(1,))
    mine = Opinion.objects.get(department=people["joint_reviewer"].department, item__position=1)
    colleague = User.objects.create_user(
        "colleague",
        cast.PASSWORD,
        full_name="会审员乙",
        role="joint_reviewer",
        division_id="45",
        department=people["joint_reviewer"].department,
        must_change_password=False,
    )
    post = {"opinion": mine.pk, f"revision-{mine.pk}": 0, f"text-{mine.pk}": "后写的意见"}
    post |= {f"{aspect}-{mine.pk}": "object" for aspect in ("legality", "necessity", "reasonableness")}
    response = signed_in(colleague).post(reverse("opinions", args=[sent.pk]), post)
    page = response.content.decode()
    assert response.status_code == 409
    assert "后写的意见</textarea>" in page
    mine.refresh_from_db()
    assert mine.text == "先写的意见"


def test_silence_is_written_down_and_a_late_opinion_is_marked(
    people: dict[str, User], sent: Submission
) -> None:
    Opinion.objects.update(due_on=timezone.localdate() - dt.timedelta(days=1))
    assert record_silence(timezone.localdate()) == 4
    assert set(Opinion.objects.values_list("state", flat=True)) == {"silent"}
    lists.opined(people["joint_reviewer"], sent)
    late = Opinion.objects.filter(department=people["joint_reviewer"].department)
    assert {(one.state, one.is_late) for one in late} == {("given", True)}
    assert late[0].history.filter(state="silent").exists()


def test_keeping_against_an_objection_takes_a_written_reason(
    people: dict[str, User], sent: Submission
) -> None:
    lists.opined(people["joint_reviewer"], sent, "object", "可以内部核验", rows=(1,))
    row = sent.items.get(position=1)
    with pytest.raises(BadInput, match="第1行有会审部门不同意"):
        review.decide_row(actor=people["reviewer"], item=row, revision=0, decision="keep")
    review.decide_row(
        actor=people["reviewer"], item=row, revision=0, decision="keep", reason="系统尚未联通，暂予保留"
    )
    assert list(review.objections_to(sent)) != []


def test_a_later_objection_holds_the_report_up(people: dict[str, User], sent: Submission) -> None:
    """An objection that comes after the decision was made without a reason is not passed over."""
    lists.decide(people["reviewer"], sent)
    lists.opined(people["joint_reviewer"], sent, "object", "没有必要")
    Opinion.objects.filter(state="waiting").delete()
    with pytest.raises(BadInput, match="有会审部门不同意"):
        lists.reported(people["reviewer"], sent)


def test_an_opinion_still_in_time_holds_the_report_up(people: dict[str, User], sent: Submission) -> None:
    lists.decide(people["reviewer"], sent)
    with pytest.raises(BadInput, match="4 条会审意见未反馈"):
        lists.reported(people["reviewer"], sent)
    Opinion.objects.update(due_on=timezone.localdate() - dt.timedelta(days=1))
    report = lists.reported(people["reviewer"], sent)
    assert reporting.content_of(report)["summary"]["opinions"]["公安"] == {"silent": 2}


def test_rows_are_withdrawn_unless_answered(people: dict[str, User], sent: Submission) -> None:
    lists.opined(people["joint_reviewer"], sent, rows=(1,))
    asked, withdrawn = joint_review.send_rows(
        actor=people["reviewer"],
        submission_id=sent.pk,
        revision=sent.revision,
        wanted=set(),
        due_on=timezone.localdate(),
    )
    assert (asked, withdrawn) == (0, 3)
    assert Opinion.objects.get().state == "given"


def test_a_rejection_has_its_code_and_a_return_its_words(people: dict[str, User], sent: Submission) -> None:
    row = sent.items.get(position=3)
    lead = people["reviewer"]
    with pytest.raises(BadInput, match="请选择不予保留的原因"):
        review.decide_row(actor=lead, item=row, revision=0, decision="reject", reason="无依据")
    with pytest.raises(BadInput, match="请写明需要怎样修改"):
        review.decide_row(actor=lead, item=row, revision=0, decision="return")
    with pytest.raises(IntegrityError), transaction.atomic():
        SubmissionItem.objects.filter(pk=row.pk).update(
            decision="reject", decision_reason="无依据", decided_by=lead, decided_at=timezone.now()
        )


def test_words_are_changed_and_published_as_changed(people: dict[str, User], open_round: Round) -> None:
    lead = people["reviewer"]
    submission = lists.submitted(people["city_officer"], open_round)
    row = submission.items.get(position=1)
    with pytest.raises(BadInput, match="没有改动任何文字"):
        review.decide_row(
            actor=lead, item=row, revision=0, decision="amend", amended={"purpose": row.purpose}
        )
    with pytest.raises(BadInput, match="属于不应出具事项"):
        review.decide_row(
            actor=lead, item=row, revision=0, decision="amend", amended={"name": "居民财产证明"}
        )
    lists.decide(lead, submission)
    row.refresh_from_db()
    review.decide_row(
        actor=lead, item=row, revision=row.revision, decision="amend", amended={"purpose": "用于设立登记"}
    )
    edition = lists.publish(lead, submission, TODAY)
    row.refresh_from_db()
    assert edition.items.get(position=1).purpose == "用于设立登记"
    assert row.purpose != "用于设立登记"


def test_a_banned_name_is_kept_only_under_a_named_exception(
    people: dict[str, User], open_round: Round
) -> None:
    lead = people["reviewer"]
    submission = lists.submitted(people["city_officer"], open_round, lists.BANNED)
    row = submission.items.get()
    with pytest.raises(BadInput, match="选择所属的例外情形"):
        review.decide_row(actor=lead, item=row, revision=0, decision="keep")
    foreign = BannedException.objects.exclude(item__printed_name__contains="婚姻").first()
    assert foreign is not None
    with pytest.raises(BadInput, match="选择所属的例外情形"):
        review.decide_row(actor=lead, item=row, revision=0, decision="keep", exception_id=foreign.pk)
    own = BannedException.objects.filter(item=row.findings.get(code="banned_name").banned_item).first()
    assert own is not None
    review.decide_row(actor=lead, item=row, revision=0, decision="keep", exception_id=own.pk)


def test_one_row_goes_back_while_the_rest_goes_on(people: dict[str, User], sent: Submission) -> None:
    city, lead = people["city_officer"], people["reviewer"]
    lists.opined(people["joint_reviewer"], sent, rows=(1,))
    row, other = sent.items.get(position=1), sent.items.get(position=2)
    row = review.decide_row(actor=lead, item=row, revision=0, decision="return", reason="用途写明确")
    review.decide_row(actor=lead, item=other, revision=0, decision="keep")
    with pytest.raises(WrongState):
        mending.edit_row(actor=city, item_id=other.pk, values={"purpose": "改"}, revision=1)
    with pytest.raises(BadInput, match="没有改动"):
        mending.hand_back_row(actor=city, item_id=row.pk, revision=row.revision)
    page = signed_in(city).get(reverse("submission", args=[sent.pk])).content.decode()
    assert "有 1 行退回修改" in page
    row = mending.edit_row(actor=city, item_id=row.pk, values={"purpose": "新用途"}, revision=row.revision)
    row = mending.hand_back_row(actor=city, item_id=row.pk, revision=row.revision)
    assert row.decision == Decision.UNDECIDED
    # What the department had said was about other words.
    asked = Opinion.objects.get(item=row, department=people["joint_reviewer"].department)
    assert (asked.state, asked.legality) == ("waiting", "")
    assert asked.history.filter(state="given").exists()


def test_opinions_stay_with_unchanged_rows_of_the_next_version(
    people: dict[str, User], sent: Submission
) -> None:
    city, lead = people["city_officer"], people["reviewer"]
    lists.opined(people["joint_reviewer"], sent, "suggest", "写明条款")
    review.return_submission(actor=lead, submission_id=sent.pk, revision=sent.revision, comment="改")
    changed = lists.Line(**{**vars(lists.FARMER), "purpose": "另一用途"})
    # The clerk uploads a mended file instead of mending on the page.
    second = lists.submitted(city, sent.round, lists.LAND, changed)
    by_name = {item.name: item for item in second.items.prefetch_related("opinions")}
    assert [one.text for one in by_name[lists.LAND.name].opinions.all()] == ["写明条款"]
    assert by_name[lists.LAND.name].opinions.get().carried_from is not None
    assert not by_name[lists.FARMER.name].opinions.exists()
    page = signed_in(lead).get(reverse("admin:catalogs_submission_change", args=[second.pk])).content.decode()
    assert "与上一版：证明用途有改动" in page
    assert "本版删去了 1 行" in page


def test_the_office_that_filed_does_not_decide(people: dict[str, User], open_round: Round) -> None:
    """A colleague from the office that filed a list is kept off it, superusers included."""
    city = people["city_officer"]
    colleague = User.objects.create_superuser(
        "colleague", cast.PASSWORD, full_name="同事", must_change_password=False
    )
    colleague.division, colleague.department = city.division, city.department
    colleague.save()
    submission = lists.submitted(city, open_round)
    with pytest.raises(FourEyes, match="所在单位"):
        lists.decide(colleague, submission)
    row = submission.items.first()
    assert row is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        SubmissionItem.objects.filter(pk=row.pk).update(
            decision="keep",
            decided_by=colleague,
            decided_at=timezone.now(),
            decided_office=colleague.office,
        )


def test_after_the_report_nothing_is_decided_or_said(people: dict[str, User], sent: Submission) -> None:
    lists.opined(people["joint_reviewer"], sent)
    Opinion.objects.filter(state="waiting").delete()
    lists.decide(people["reviewer"], sent)
    lists.reported(people["reviewer"], sent)
    with pytest.raises(WrongState):
        lists.decide(people["reviewer"], sent)
    with pytest.raises(WrongState):
        lists.opined(people["joint_reviewer"], sent)
    with pytest.raises(WrongState):
        review.return_submission(
            actor=people["reviewer"], submission_id=sent.pk, revision=sent.revision + 1, comment="退"
        )


def test_the_government_refuses_a_row_and_the_other_city_goes_on(
    people: dict[str, User], open_round: Round
) -> None:
    lead = people["reviewer"]
    first = lists.decide(lead, lists.submitted(people["city_officer"], open_round))
    second = lists.decide(lead, lists.submitted(people["other_city_officer"], open_round))
    report = lists.reported(lead, first, second)
    refused = first.items.get(position=2)
    with pytest.raises(BadInput, match="批复意见"):
        reporting.approve(
            actor=lead,
            report_id=report.pk,
            document_no="桂政函〔2026〕2号",
            approved_on=TODAY,
            refused={refused.pk: " "},
        )
    reporting.approve(
        actor=lead,
        report_id=report.pk,
        document_no="桂政函〔2026〕2号",
        approved_on=TODAY,
        refused={refused.pk: "宅基地权属由不动产登记机构核查"},
    )
    for submission in (first, second):
        submission.refresh_from_db()
    assert (first.status, second.status) == ("submitted", "approved")
    with pytest.raises(WrongState):
        lists.publish_approved(lead, first, TODAY)
    lists.publish_approved(lead, second, TODAY)
    refused.refresh_from_db()
    assert (refused.decision, refused.refusal) == ("undecided", "宅基地权属由不动产登记机构核查")
    with pytest.raises(BadInput, match="政府曾未予批准"):
        review.decide_row(actor=lead, item=refused, revision=refused.revision, decision="keep")
    review.decide_row(
        actor=lead,
        item=refused,
        revision=refused.revision,
        decision="reject",
        code="refused",
        reason="自治区人民政府未予批准。",
    )
    first.refresh_from_db()
    edition = lists.publish(lead, first, TODAY)
    assert edition.items.count() == 2
    assert reporting.is_intact(report)


def test_a_report_is_frozen(people: dict[str, User], open_round: Round) -> None:
    lead = people["reviewer"]
    submission = lists.decide(
        lead, lists.submitted(people["city_officer"], open_round), reject=(lists.SCHOOL.name,)
    )
    report = lists.reported(lead, submission)
    content = reporting.content_of(report)
    assert content["summary"] | {"opinions": {}} == {
        "lists": 1,
        "submitted": 3,
        "kept": 2,
        "returned": 0,
        "rejected": {"no_basis": 1},
        "opinions": {},
    }
    assert reporting.is_intact(report)
    report.content = report.content.replace("农民身份证明", "农民证明")
    assert not reporting.is_intact(report)


def test_the_papers_for_the_government_are_packed(people: dict[str, User], open_round: Round) -> None:
    import zipfile
    from io import BytesIO

    from catalogs.official_forms import read_annex3

    lead = people["reviewer"]
    submission = lists.decide(
        lead, lists.submitted(people["city_officer"], open_round), reject=(lists.SCHOOL.name,)
    )
    report = lists.reported(lead, submission)
    response = signed_in(lead).get(reverse("report_download", args=[report.pk]))
    archive = zipfile.ZipFile(BytesIO(response.content))
    form = read_annex3(archive.read("4501 南宁市拟保留清单.xlsx"))
    assert [row.name for row in form.rows] == [lists.FARMER.name, lists.LAND.name]
    assert {"汇总表.xlsx", "会审异议.xlsx", "封存内容.json"} <= set(archive.namelist())


def test_a_stale_report_is_not_assembled(people: dict[str, User], open_round: Round) -> None:
    lead = people["reviewer"]
    submission = lists.decide(lead, lists.submitted(people["city_officer"], open_round))
    with pytest.raises(Stale):
        reporting.assemble(actor=lead, round_id=open_round.pk, lists={submission.pk: submission.revision - 1})


def test_a_bulk_decision_is_looked_at_before_it_is_made(people: dict[str, User], sent: Submission) -> None:
    lists.opined(people["joint_reviewer"], sent, "object", "没有必要", rows=(1,))
    rows = list(sent.items.all())
    post: dict[str, object] = {
        "action": "decide",
        "bulk_decision": "keep",
        "row": [row.pk for row in rows],
        "selected": [row.pk for row in rows],
    }
    for row in rows:
        post |= {f"revision-{row.pk}": row.revision, f"was-decision-{row.pk}": "undecided"}
    client = signed_in(people["reviewer"])
    url = reverse("admin:catalogs_submission_change", args=[sent.pk])
    page = client.post(url, post).content.decode()
    assert "将对以下 3 行作出结论" in page
    assert "有会审部门不同意" in page
    assert not sent.items.exclude(decision="undecided").exists()
    post["bulk_reason"] = "系统尚未联通"
    page = client.post(url, post).content.decode()
    assert "确认保存 3 行" in page
    post |= {"confirmed": "1"}
    assert client.post(url, post).status_code == 302
    assert sent.items.filter(decision="keep").count() == 3


def test_cities_and_departments_are_reminded(
    people: dict[str, User], open_round: Round, sent: Submission
) -> None:
    open_round.due_on = timezone.localdate() + dt.timedelta(days=3)
    open_round.save()
    Opinion.objects.update(due_on=timezone.localdate() + dt.timedelta(days=1))
    call_command("daily")
    call_command("daily")
    told = Notice.objects.filter(kind="due_soon")
    assert told.filter(recipient=people["other_city_officer"]).get().text.endswith("还剩 3 天")
    assert not told.filter(recipient=people["city_officer"]).exists()
    assert "还剩 1 天" in told.get(recipient=people["joint_reviewer"]).text
    home = signed_in(people["joint_reviewer"]).get(reverse("home")).content.decode()
    assert "待反馈会审意见 2 行" in home


def test_messages_go_by_mail_where_there_is_a_server(
    people: dict[str, User],
    open_round: Round,
    settings: object,
    mailoutbox: list[object],
    django_capture_on_commit_callbacks: object,
) -> None:
    settings.EMAIL_HOST = "mail.example.gov.cn"  # type: ignore[attr-defined]
    people["reviewer"].email = "shenhe@example.gov.cn"
    people["reviewer"].save()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        lists.submitted(people["city_officer"], open_round)
    assert [mail.to for mail in mailoutbox] == [["shenhe@example.gov.cn"]]  # type: ignore[attr-defined]


def test_what_waits_comes_first_on_everyones_page(people: dict[str, User], sent: Submission) -> None:
    assert "未审 3 行" in signed_in(people["reviewer"]).get(reverse("home")).content.decode()
    page = signed_in(people["joint_reviewer"]).get(reverse("home")).content.decode()
    assert "待反馈会审意见 2 行" in page
    assert not Edition.objects.exists()
    assert Department.objects.filter(joint_review=True).count() > 5
