"""The board, the matrix, and what is done from them."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import User
from catalogs import harmonising, intake, matrix, mending, review, submitting
from catalogs.board import PLACES, Stage, board, tiles
from catalogs.errors import BadInput
from catalogs.models import CertificateAlias, Round, Submission
from divisions.models import Division
from tests import lists
from tests.test_refusals import signed_in

FARMER_TOO = lists.Line(
    "农业从业人员身份证明",
    "农民专业合作社设立登记",
    "《中华人民共和国农民专业合作社法》第十九条 具有民事行为能力的公民。",
    "用于证明农民身份",
    "市场监督管理部门",
)


def _cities() -> list[Division]:
    return list(Division.objects.cities().order_by("code"))


def _stage(round: Round, code: str = "4501") -> Stage:
    lines = board(round, _cities(), round.due_on)
    return next(line.stage for line in lines if line.city.pk == code)


def test_every_stage_is_told_apart(people: dict[str, User], open_round: Round) -> None:
    city, lead = people["city_officer"], people["reviewer"]
    assert _stage(open_round) is Stage.NOT_BEGUN
    draft = lists.drafted(city, open_round)
    assert _stage(open_round) is Stage.DRAFT
    first = submitting.submit(actor=city, submission_id=draft.pk, digest=submitting.preview_digest(draft))
    assert _stage(open_round) is Stage.SUBMITTED
    lists.sent_to(lead, first, "public_security")
    assert _stage(open_round) is Stage.JOINT_REVIEW
    lists.opined(people["joint_reviewer"], first)
    review.return_submission(actor=lead, submission_id=first.pk, revision=first.revision, comment="补充条款")
    assert _stage(open_round) is Stage.RETURNED
    second = lists.decide(lead, lists.submitted(city, open_round))
    assert _stage(open_round) is Stage.DECIDED
    report = lists.reported(lead, second)
    assert _stage(open_round) is Stage.REPORTED
    from catalogs import reporting

    reporting.approve(
        actor=lead, report_id=report.pk, document_no="桂政函", approved_on=report.assembled_at.date()
    )
    assert _stage(open_round) is Stage.APPROVED
    lists.publish_approved(lead, second, report.assembled_at.date())
    assert _stage(open_round) is Stage.PUBLISHED


def test_every_city_has_its_place_on_the_map(reference: None, open_round: Round) -> None:
    cities = _cities()
    assert {city.pk for city in cities} == set(PLACES)
    assert len(set(PLACES.values())) == len(PLACES)
    assert len(tiles(board(open_round, cities, open_round.due_on))) == 14


def test_the_board_leads_to_the_work_and_a_city_sees_its_own_line(
    people: dict[str, User], open_round: Round
) -> None:
    submission = lists.submitted(people["city_officer"], open_round)
    url = reverse("board_round", args=[open_round.pk])
    page = signed_in(people["reviewer"]).get(url).content.decode()
    assert page.count('<g class="tile"') == 14
    assert reverse("admin:catalogs_submission_change", args=[submission.pk]) in page
    filtered = signed_in(people["reviewer"]).get(url, {"stage": "submitted"})
    assert [line.city.pk for line, _ in filtered.context["lines"]] == ["4501"]
    own = signed_in(people["other_city_officer"]).get(url)
    assert [line.city.pk for line, _ in own.context["lines"]] == ["4502"]
    assert "南宁市" not in own.content.decode()


def _two_cities(people: dict[str, User], round: Round) -> tuple[Submission, Submission]:
    return (
        lists.submitted(people["city_officer"], round),
        lists.submitted(people["other_city_officer"], round, FARMER_TOO, lists.LAND),
    )


def test_one_certificate_by_two_names_is_unified(people: dict[str, User], open_round: Round) -> None:
    _two_cities(people, open_round)
    lead = people["reviewer"]
    found = matrix.matrix(open_round, _cities())
    by_name = {line.name: line for line in found.lines}
    assert by_name[lists.LAND.name].submitted == 2
    both = [by_name["农民身份证明"], by_name[FARMER_TOO.name]]
    assert [line.submitted for line in both] == [1, 1]
    assert [{line.name for line in group} for group in matrix.alike(found.lines)] == [
        {line.name for line in both}
    ]
    client = signed_in(lead)
    page = client.get(reverse("matrix", args=[open_round.pk]), {"show": "alike"}).content.decode()
    assert "办事事项“农民专业合作社设立登记”：2 个名称" in page
    post = {"action": "unify", "key": [line.key for line in both], "name": "农民身份证明"}
    client.post(reverse("matrix_act", args=[open_round.pk]), post)
    assert CertificateAlias.objects.get(name=FARMER_TOO.name).certificate_type.name == "农民身份证明"
    line = next(one for one in matrix.matrix(open_round, _cities()).lines if one.name == "农民身份证明")
    assert (line.submitted, len(line.names)) == (2, 2)


def test_a_name_of_another_certificate_is_not_taken_from_it(people: dict[str, User]) -> None:
    with pytest.raises(BadInput, match="词表中已是"):
        harmonising.unify_names(actor=people["reviewer"], name="农民身份证明", others=["婚姻状况证明"])


def test_a_decision_is_reused_where_it_was_ticked(people: dict[str, User], open_round: Round) -> None:
    lead = people["reviewer"]
    first, second = _two_cities(people, open_round)
    row, other = first.items.get(name=lists.LAND.name), second.items.get(name=lists.LAND.name)
    assert matrix.same_elsewhere(row) == [other]
    review.decide_row(
        actor=lead, item=row, revision=0, decision="reject", code="shareable", reason="可内部核验"
    )
    url = reverse("admin:catalogs_submission_row", args=[first.pk, row.pk])
    page = signed_in(lead).get(url).content.decode()
    assert "将“不予保留”用于其他市的同一证明" in page
    assert f"{other.pk}-{other.revision}" in page
    signed_in(lead).post(url, {"action": "reuse", "target": f"{other.pk}-{other.revision}"})
    other.refresh_from_db()
    assert (other.decision, other.reject_code, other.decision_reason) == ("reject", "shareable", "可内部核验")


def test_the_matrix_leaves_as_a_workbook(people: dict[str, User], open_round: Round) -> None:
    _two_cities(people, open_round)
    response = signed_in(people["reviewer"]).get(reverse("matrix_download", args=[open_round.pk]))
    rows = list(load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True))
    assert rows[1][:5] == ("证明名称", "各市所用名称", "报送", "保留", "不保留")
    assert rows[2][0] == lists.LAND.name
    assert "不动产登记暂行条例" in rows[2][5]


def test_the_baseline_is_inherited_and_leaving_it_is_explained(
    people: dict[str, User], open_round: Round
) -> None:
    lead, city = people["reviewer"], people["city_officer"]
    first = lists.decide(lead, lists.submitted(people["other_city_officer"], open_round))
    new_round = Round.objects.create(name="有基准的批次", due_on="2027-01-01", base="baseline")
    assert harmonising.set_baseline(actor=lead, round=new_round, items=[row.pk for row in first.items.all()])
    assert harmonising.set_baseline(actor=lead, round=new_round, items=[first.items.first().pk]) == 0  # type: ignore[union-attr]
    draft = intake.start_empty(actor=city, city=lists.city_of(city), round=new_round)
    assert [row.name for row in draft.items.order_by("position")] == [one.name for one in lists.ORDINARY]
    dropped = draft.items.get(name=lists.SCHOOL.name)
    mending.delete_row(actor=city, item_id=dropped.pk, revision=dropped.revision)
    added = mending.add_row(actor=city, submission_id=draft.pk)
    mending.edit_row(actor=city, item_id=added.pk, values=vars(lists.NO_ARTICLE), revision=added.revision)
    with pytest.raises(BadInput, match="与自治区基准清单不同的 2 项"):
        submitting.submit(actor=city, submission_id=draft.pk, digest=submitting.preview_digest(draft))
    page = signed_in(city).get(reverse("submission", args=[draft.pk])).content.decode()
    assert f"未列入：{lists.SCHOOL.name}" in page
    reasons = {f"add-{added.pk}": "本市山区常见"}
    reasons |= {
        f"drop-{row.pk}": "本市已联网核验" for row in new_round.baseline.filter(name=lists.SCHOOL.name)
    }
    signed_in(city).post(reverse("explain_deviations", args=[draft.pk]), reasons)
    sent = submitting.submit(actor=city, submission_id=draft.pk, digest=submitting.preview_digest(draft))
    assert sent.items.get(pk=added.pk).filing_reason == "本市山区常见"


@pytest.mark.parametrize("name", ["workbench", "matrix", "board"])
def test_pages_ask_the_database_as_often_for_many_rows_as_for_few(
    name: str, people: dict[str, User], open_round: Round
) -> None:
    client = signed_in(people["reviewer"])
    few = lists.submitted(people["city_officer"], open_round)
    many = [
        lists.Line(f"第{n}种情况证明", f"第{n}种事项", "《某某条例》第三条", "用于办理", "民政部门")
        for n in range(40)
    ]
    counts = []
    for _ in range(2):
        url = {
            "workbench": reverse("admin:catalogs_submission_change", args=[few.pk]),
            "matrix": reverse("matrix", args=[open_round.pk]),
            "board": reverse("board_round", args=[open_round.pk]),
        }[name]
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(url).status_code == 200
        counts.append(len(asked))
        if len(counts) == 1:
            lists.sent_to(people["reviewer"], few, "public_security", "justice", "health")
            other = lists.submitted(people["other_city_officer"], open_round, *many, *lists.ORDINARY)
            lists.sent_to(people["reviewer"], other, "public_security", "justice", "health")
            if name == "workbench":
                few = other
    assert counts[1] <= counts[0] + 2
