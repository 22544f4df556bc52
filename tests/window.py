"""The village window in the tests: a resident who does not exist, and requests at each stage."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from catalogs.models import CertificateType, Round, ServiceGuide
from divisions.models import Division
from requests_app import credit, fact_finding, handling, issuing, promising
from requests_app.models import CertificateRequest, Commitment, CreditBatch, FactCheck, IssuedCertificate
from requests_app.promising import Said
from requests_app.residents import Person
from tests import lists

# The number of nobody: born in 1900, serial number 000, right check digit.
NUMBER = "450102190001010000"
NAME = "韦某某"
PHONE = "13800000000"
PERSON = Person(NAME, NUMBER, PHONE, "演示路一号院二栋")
STATED = {"证明内容": "系本社区居民，从事农业生产"}


def listed(people: dict[str, User], open_round: Round) -> None:
    """Publish Nanning's list, in force today."""
    lists.published(people["city_officer"], people["reviewer"], open_round)


def guide(people: dict[str, User], **more: Any) -> ServiceGuide:
    """A published guide to the farmers' certificate."""
    fields = {
        "certificate_type": CertificateType.objects.get(name="农民身份证明"),
        "division": Division.objects.get(code="45"),
        "department": people["department_officer"].department,
        "status": "published",
        "effective_from": timezone.localdate(),
        "applicants": "本村村民",
        "legal_basis": "《某某条例》第八条",
        "used_for": "登记",
        "template": "兹证明{姓名}系{村（居）}村民。",
        "written_by": people["department_officer"],
        "checked_by": people["reviewer"],
        "checked_at": timezone.now(),
        **more,
    }
    return ServiceGuide.objects.create(**fields)


def registered(people: dict[str, User], text: str = "农民身份证明", **more: Any) -> CertificateRequest:
    """A request for a certificate on the list."""
    staff = people["village_staff"]
    person = more.pop("person", PERSON)
    return handling.register(actor=staff, village=staff.division, text=text, person=person, **more)


def checked(people: dict[str, User], **more: Any) -> CertificateRequest:
    """A request whose facts were looked into."""
    request = registered(people, **more)
    fact_finding.record_fact(
        actor=people["village_staff"],
        request_id=request.pk,
        method=FactCheck.Method.PAPERS,
        note="核对户口簿和土地承包合同，与所述一致。",
    )
    return request


def with_files(people: dict[str, User]) -> CertificateRequest:
    """A request with something attached: to the check of the facts, and the minutes of a meeting."""
    staff, request, today = people["village_staff"], registered(people), timezone.localdate()
    fact_finding.record_fact(
        actor=staff,
        request_id=request.pk,
        method=FactCheck.Method.VISIT,
        note="入户查看属实",
        file=SimpleUploadedFile("a.jpg", b"\xff\xd8"),
    )
    fact_finding.record_deliberation(
        actor=staff,
        request_id=request.pk,
        held_on=today,
        form="村民代表会议",
        entitled=30,
        present=28,
        in_favour=25,
        head="负责人甲",
        signed_on=today,
        minutes=SimpleUploadedFile("b.pdf", b"%PDF"),
    )
    return request


def time_to_object_passes() -> None:
    """What was found false was found false a month ago."""
    Commitment.objects.filter(checked_at__isnull=False).update(
        checked_at=timezone.now() - dt.timedelta(days=30)
    )


def reported_later(officer: User) -> CreditBatch:
    """What has been found false, in a batch, when the time to object is over."""
    time_to_object_passes()
    place: Any = officer.division
    return credit.make_batch(actor=officer, scope=place)


def reported(people: dict[str, User]) -> CreditBatch:
    """A batch with one false promise, which the resident objects to."""
    staff, county = people["village_staff"], people["county_officer"]
    request = handling.register(
        actor=staff, village=staff.division, text="单身证明", demander="某登记机关", matter="办理登记"
    )
    said = Said(("系本社区居民",), demander_accepts=True, has_clean_record=True, chosen_freely=True)
    made = promising.promise(actor=staff, request_id=request.pk, person=PERSON, said=said)
    promising.check_promise(actor=county, commitment_id=made.pk, is_true=False, finding="与登记档案不符")
    batch = reported_later(county)
    credit.object_to(actor=staff, commitment_id=made.pk, kind="objection", text="档案有误")
    return batch


def issue(
    *, actor: User, request_id: int, answers: dict[str, str] | None = None, head: str = "负责人甲"
) -> IssuedCertificate:
    """Issue as the clerk does: look at the paper, then confirm it."""
    said = STATED if answers is None else answers
    seen = issuing.preview(actor=actor, request_id=request_id, answers=said).digest
    return issuing.issue(actor=actor, request_id=request_id, answers=said, head=head, seen=seen)


def issued(people: dict[str, User], **more: Any) -> IssuedCertificate:
    """A certificate that was issued."""
    request = checked(people, **more)
    return issue(actor=people["village_staff"], request_id=request.pk)
