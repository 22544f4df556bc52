"""Promises in the tests: asked for, made, found false, corrected; and people at their screens."""

from typing import Any

from django.test import Client

from accounts.models import User
from requests_app import credit, handling, promising
from requests_app.models import (
    CertificateRequest,
    Commitment,
)
from requests_app.promising import Said
from tests import window

SAID = Said(
    ("系本社区居民", "符合登记条件"), demander_accepts=True, has_clean_record=True, chosen_freely=True
)


def asked(people: dict[str, User], text: str = "单身证明", **more: Any) -> CertificateRequest:
    staff = people["village_staff"]
    more = {"demander": "某登记机关", "matter": "办理登记", **more}
    return handling.register(actor=staff, village=staff.division, text=text, **more)


def promised(people: dict[str, User], **more: Any) -> Commitment:
    request = more.pop("request", None) or asked(people)
    person = more.pop("person", window.PERSON)
    return promising.promise(
        actor=people["village_staff"], request_id=request.pk, person=person, said=more.pop("said", SAID)
    )


def found_false(people: dict[str, User]) -> Commitment:
    return promising.check_promise(
        actor=people["county_officer"],
        commitment_id=promised(people).pk,
        is_true=False,
        finding="与登记档案不符",
    )


def corrected(people: dict[str, User], made: Commitment, kind: str, by: User) -> None:
    """An objection or a request for repair, upheld."""
    raised = credit.object_to(
        actor=people["village_staff"], commitment_id=made.pk, kind=kind, text="已经说明"
    )
    credit.answer_objection(actor=by, objection_id=raised.pk, is_upheld=True, text="成立")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.RoleBackend")
    return client
