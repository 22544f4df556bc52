"""The demo data: built by the verbs, once, with a history and figures that verify."""

import pytest
from django.core.management import call_command

from audit.verification import Verification, recorded_models
from catalogs.models import Edition, ServiceGuide, Submission
from requests_app.models import CertificateRequest, IssuedCertificate
from requests_app.recounting import differences


@pytest.fixture
def demo(reference: None) -> None:
    call_command("load_reference")
    call_command("load_demo")


def problems() -> list[str]:
    return [str(one) for model in recorded_models() for one in Verification(model).problems()]


def test_a_village_at_work(demo: None) -> None:
    assert Edition.objects.get().city_id == "4501"
    assert ServiceGuide.objects.filter(status="published").count() == 12
    found = set(CertificateRequest.objects.values_list("verdict", "status"))
    assert found == {
        ("MAY_ISSUE", "issued"),
        ("MAY_ISSUE", "open"),
        ("MUST_NOT_ISSUE", "refused"),
        ("NOT_LISTED", "refused"),
    }
    assert differences() == {}
    assert problems() == []
    call_command("load_demo")
    assert IssuedCertificate.objects.count() == 1


def test_a_province_at_work(demo: None) -> None:
    call_command("load_demo_province")
    assert Submission.objects.exclude(round__kind="adjustment").count() > 13
    assert set(Edition.objects.values_list("city", "number")) == {("4501", 1), ("4501", 2), ("4502", 1)}
    assert problems() == []
    call_command("load_demo_province")
    assert Edition.objects.count() == 3
