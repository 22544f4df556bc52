"""Complaints from the window: drafted in one click, filed with the body's name, seen from above."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalogs.errors import BadInput, NotAllowed, WrongState
from catalogs.models import Notice, Round
from requests_app import handling as window_handling
from requests_app import refusing
from requests_app.models import CertificateRequest, RequestStatus
from supervision import handling
from supervision.models import Complaint
from tests import window


@pytest.fixture
def refused(people: dict[str, User], open_round: Round) -> CertificateRequest:
    window.listed(people, open_round)
    staff = people["village_staff"]
    return refusing.turn_away(
        actor=staff,
        village=staff.division,
        text=f"我叫{window.NAME}，开单身证明",
        matter="贷款",
        demander="某银行",
    )


def client(user: User) -> Client:
    made = Client()
    made.force_login(user, backend="accounts.backends.RoleBackend")
    return made


def test_one_click_drafts_it_without_the_resident(
    people: dict[str, User], refused: CertificateRequest
) -> None:
    staff = client(people["village_staff"])
    page = staff.post(reverse("complaint_draft", args=[refused.pk]), follow=True).content.decode()
    assert "某银行" in page
    draft = Complaint.objects.get()
    assert draft.certificate == "婚姻状况证明"
    assert "不应出具" in draft.evidence
    assert "第8项" in draft.evidence
    assert window.NAME not in draft.evidence + draft.certificate
    staff.post(reverse("complaint_draft", args=[refused.pk]))
    assert Complaint.objects.count() == 1


def test_what_is_on_the_list_is_no_complaint(people: dict[str, User], open_round: Round) -> None:
    window.listed(people, open_round)
    staff, request = people["village_staff"], window.registered(people)
    refusing.refuse(actor=staff, request_id=request.pk, reason="not_entitled", text="不符合条件")
    with pytest.raises(WrongState, match="保留清单上"):
        handling.draft_complaint(actor=staff, request_id=request.pk)


def test_it_is_filed_with_the_name_of_the_body(people: dict[str, User], refused: CertificateRequest) -> None:
    staff = people["village_staff"]
    draft = handling.draft_complaint(actor=staff, request_id=refused.pk)
    said = {"certificate": "单身证明", "matter": "贷款", "evidence": f"我叫{window.NAME}，{window.PHONE}"}
    handling.edit_complaint(actor=staff, complaint_id=draft.pk, demander="", **said)
    with pytest.raises(BadInput, match="索要单位"):
        handling.file_complaint(actor=staff, complaint_id=draft.pk)
    by_phone = f"某银行某支行{window.PHONE}"
    handling.edit_complaint(actor=staff, complaint_id=draft.pk, demander=by_phone, **said)
    filed = handling.file_complaint(actor=staff, complaint_id=draft.pk)
    assert window.PHONE not in filed.evidence + filed.demander
    assert filed.demander.startswith("某银行某支行")
    told = set(
        Notice.objects.filter(key=f"complaint-{draft.pk}").values_list("recipient__username", flat=True)
    )
    assert {"county_officer", "city_officer", "reviewer"} <= told
    assert "other_city_officer" not in told
    for again in (handling.file_complaint, lambda **k: handling.drop_complaint(reason="单位更正", **k)):
        with pytest.raises(WrongState, match="已上报"):
            again(actor=staff, complaint_id=draft.pk)


def test_drafts_are_the_villages_own(people: dict[str, User], refused: CertificateRequest) -> None:
    draft = handling.draft_complaint(actor=people["village_staff"], request_id=refused.pk)
    county = client(people["county_officer"])
    assert county.get(reverse("complaint", args=[draft.pk])).status_code == 403
    assert "某银行" not in county.get(reverse("complaints")).content.decode()
    with pytest.raises(NotAllowed):
        handling.file_complaint(actor=people["county_officer"], complaint_id=draft.pk)
    with pytest.raises(NotAllowed):
        handling.file_complaint(actor=people["other_village_staff"], complaint_id=draft.pk)
    handling.file_complaint(actor=people["village_staff"], complaint_id=draft.pk)
    assert county.get(reverse("complaint", args=[draft.pk])).status_code == 200
    assert "某银行" in county.get(reverse("complaints")).content.decode()


def test_a_draft_is_given_up_with_a_reason(people: dict[str, User], refused: CertificateRequest) -> None:
    staff = people["village_staff"]
    draft = handling.draft_complaint(actor=staff, request_id=refused.pk)
    with pytest.raises(BadInput, match="原因"):
        handling.drop_complaint(actor=staff, complaint_id=draft.pk, reason="")
    handling.drop_complaint(actor=staff, complaint_id=draft.pk, reason="单位已经更正")
    assert Complaint.objects.get().status == Complaint.Status.DROPPED


@pytest.mark.parametrize("status", [one for one in RequestStatus.values if one != RequestStatus.ISSUED])
def test_a_request_given_back_or_promised_holds_no_demand(
    people: dict[str, User], open_round: Round, status: str
) -> None:
    window.listed(people, open_round)
    staff = people["village_staff"]
    request = window_handling.register(
        actor=staff, village=staff.division, text="单身证明", demander="某银行"
    )
    if status == RequestStatus.REFUSED:
        refusing.refuse(actor=staff, request_id=request.pk)
    elif status != RequestStatus.OPEN:
        closed = {"status": status, "closed_by": staff, "closed_at": timezone.now()}
        CertificateRequest.objects.filter(pk=request.pk).update(**closed)
    if status == RequestStatus.REFUSED:
        assert handling.draft_complaint(actor=staff, request_id=request.pk).request == request
    else:
        with pytest.raises(WrongState, match="不能反映"):
            handling.draft_complaint(actor=staff, request_id=request.pk)
        assert not Complaint.objects.exists()


def test_only_a_draft_becomes_anything_else(people: dict[str, User], refused: CertificateRequest) -> None:
    """From every state: a draft is changed, filed or given up; what is filed or given up stays so."""
    staff = people["village_staff"]
    draft = handling.draft_complaint(actor=staff, request_id=refused.pk)
    said = {"certificate": "单身证明", "demander": "某银行", "matter": "", "evidence": ""}
    status = Complaint.Status
    acts: dict[str, tuple[Any, dict[str, str]]] = {
        status.DRAFT: (handling.edit_complaint, said),
        status.FILED: (handling.file_complaint, {}),
        status.DROPPED: (handling.drop_complaint, {"reason": "单位已经更正"}),
    }
    for before in status.values:
        for after, (act, more) in acts.items():
            Complaint.objects.filter(pk=draft.pk).update(status=before, filed_at=timezone.now())
            if before == status.DRAFT:
                act(actor=staff, complaint_id=draft.pk, **more)
                assert Complaint.objects.get().status == after
            else:
                with pytest.raises(WrongState, match="不能再改"):
                    act(actor=staff, complaint_id=draft.pk, **more)
                assert Complaint.objects.get().status == before


def test_the_list_is_filtered_for_the_village_and_filed_for_the_rest(
    people: dict[str, User], refused: CertificateRequest
) -> None:
    draft = handling.draft_complaint(actor=people["village_staff"], request_id=refused.pk)
    url, row = reverse("complaints"), reverse("complaint", args=[draft.pk])
    staff, reviewer = client(people["village_staff"]), client(people["reviewer"])
    assert row in staff.get(url, {"show": "draft"}).content.decode()
    assert row not in staff.get(url, {"show": "filed"}).content.decode()
    assert row not in reviewer.get(url, {"show": "draft"}).content.decode()
    admin = reverse("admin:supervision_complaint_change", args=[draft.pk])
    assert reviewer.get(admin).status_code == 302  # there is none, for the admin
    handling.file_complaint(actor=people["village_staff"], complaint_id=draft.pk)
    assert row in staff.get(url, {"show": "filed"}).content.decode()
    assert row in reviewer.get(url).content.decode()
    assert reviewer.get(admin).status_code == 200
