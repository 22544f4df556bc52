"""Personal data: nothing plain at rest, in the history, in logs or tasks; removed in time; rotated."""

import datetime as dt
import importlib
import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from stdnum.cn import ric

from accounts.models import User
from catalogs.errors import BadInput, NotAllowed
from catalogs.models import EditionItem, Round
from requests_app import fact_finding, handling, issuing, own_data, refusing, residents
from requests_app.encryption import WrongKey, encrypt, keyed_hash, masked_address, masked_name, masked_number
from requests_app.keys import check_keys
from requests_app.models import (
    Access,
    CertificateRequest,
    Commitment,
    FactCheck,
    Happening,
    IssuedCertificate,
    Resident,
)
from requests_app.residents import Person
from requests_app.verification import code_of
from tests import promises, window

NOTE = "韦某某在家，向邻居丙核实"
PLAIN = (window.NAME, window.NUMBER, window.PHONE, window.PERSON.address, "在家，向邻居")
ESCAPED = tuple(json.dumps(text)[1:-1] for text in PLAIN)  # as SQLite keeps JSON


@pytest.fixture
def listed(people: dict[str, User], open_round: Round) -> dict[str, User]:
    window.listed(people, open_round)
    return people


def files_of(request: CertificateRequest) -> list[Any]:
    """What is attached to a request of ``window.with_files``."""
    return [request.fact_checks.get().file, request.deliberation.minutes]


def whole_database() -> str:
    """Every stored value of every table, history and tasks included, as one text."""
    found = io.StringIO()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found.write(repr(row))
    return found.getvalue()


def a_day_at_the_window(people: dict[str, User]) -> IssuedCertificate:
    """A request whose every free text says more than it should, through the pages, to its end."""
    staff = people["village_staff"]
    client = Client()
    client.force_login(staff, backend="accounts.backends.RoleBackend")
    said = f"我叫{window.NAME}，身份证{window.NUMBER}，"
    form = {
        "q": "农民身份证明",
        "matter": f"{said}{window.NAME}设立合作社",
        "item": EditionItem.objects.get(name="农民身份证明").pk,
        "name": window.NAME,
        "id_number": window.NUMBER,
    }
    form |= {"phone": window.PHONE, "address": window.PERSON.address, "demander": f"登记机关{window.PHONE}"}
    assert client.post(reverse("register_request"), form).status_code == 302
    request = CertificateRequest.objects.get()
    photo = SimpleUploadedFile(f"{window.NAME}.jpg", b"\xff\xd8")
    fact = {"method": "neighbours", "note": NOTE, "is_confirmed": "yes", "file": photo}
    assert client.post(reverse("record_fact", args=[request.pk]), fact).status_code == 302
    answers = {"field0": f"{window.NAME}从事农业生产", "head": "负责人"}
    page = client.post(reverse("issue_certificate", args=[request.pk]), answers)
    answers |= {"confirm": "1", "seen": page.context["preview"].digest}
    assert client.post(reverse("issue_certificate", args=[request.pk]), answers).status_code == 302
    certificate = IssuedCertificate.objects.get()
    serial = [certificate.serial]
    client.post(reverse("certificate_print", args=serial), follow=True)
    client.post(reverse("certificate_revoke", args=serial), {"reason": f"{window.NAME}已迁出，{said}填错"})
    client.post(reverse("reveal_resident", args=[request.pk]), {"reason": f"核对{window.NUMBER}的证件"})
    client.post(reverse("certificate_print", args=serial), {"reason": f"{window.NAME}的原件淋湿"})
    client.post(reverse("person"), {"id_number": window.NUMBER})
    client.post(reverse("register_request"), {**form, "id_number": window.NUMBER[:-1]})
    refusing.turn_away(
        actor=staff,
        village=staff.division,
        text=f"我叫{window.NAME}，开个单身证明",
        matter=said,
        demander=said,
    )
    return certificate


def test_nothing_plain_is_stored_or_logged(listed: dict[str, User], caplog: Any) -> None:
    with caplog.at_level(logging.DEBUG):
        certificate = a_day_at_the_window(listed)
    stored = whole_database()
    assert certificate.serial in stored
    for text in (*PLAIN, *ESCAPED):
        assert text not in stored
        assert text not in caplog.text
    assert residents.of(certificate.request).name == window.NAME  # type: ignore[union-attr]
    assert FactCheck.objects.get().note == NOTE


def test_a_dump_holds_tokens_and_is_loaded_again(listed: dict[str, User], tmp_path: Path) -> None:
    kept = residents.of(window.checked(listed))
    assert kept is not None
    kept.answers = {"证明内容": "某某情况"}
    kept.save()
    dump = tmp_path / "dump.json"
    call_command("dumpdata", "requests_app.resident", "requests_app.factcheck", output=str(dump))
    written = dump.read_text()
    assert kept.name == window.NAME
    for plain in (window.NAME, window.NUMBER, window.PHONE, "演示路", "某某情况", "核对户口簿"):
        assert plain not in written
        assert plain.encode("unicode-escape").decode() not in written
    Resident.objects.all().delete()
    call_command("loaddata", str(dump), verbosity=0)
    again = Resident.objects.get()
    assert (again.name, again.id_number, again.answers) == (kept.name, kept.id_number, kept.answers)


def test_an_error_report_hides_what_was_typed(listed: dict[str, User], caplog: Any, monkeypatch: Any) -> None:
    """An unforeseen error is logged without the request's body."""

    def fail(**_: Any) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(handling, "register", fail)
    client = Client(raise_request_exception=False)
    client.force_login(listed["village_staff"], backend="accounts.backends.RoleBackend")
    form = {"q": "农民身份证明", "name": window.NAME, "id_number": window.NUMBER}
    response = client.post(reverse("register_request"), form)
    assert response.status_code == 500
    assert "unforeseen" in caplog.text
    for text in (window.NAME, window.NUMBER):
        assert text not in caplog.text
        assert text not in response.content.decode()


def test_history_keeps_no_encrypted_fields_either() -> None:
    """A purge could not reach them there."""
    for model in apps.get_app_config("requests_app").get_models():
        encrypted = [one for one in model._meta.get_fields() if type(one).__name__.startswith("Encrypted")]
        if "Historical" in model.__name__:
            assert encrypted == [], model


def test_a_person_is_found_by_number_and_nothing_else(listed: dict[str, User]) -> None:
    request = window.registered(listed)
    staff = listed["village_staff"]
    assert list(own_data.requests_of(staff, f" {window.NUMBER} ")) == [request]
    assert not own_data.requests_of(staff, window.NUMBER[:-1]).exists()
    assert not own_data.requests_of(staff, "").exists()
    assert not own_data.requests_of(listed["other_village_staff"], window.NUMBER).exists()


def test_a_person_gets_all_that_is_kept(listed: dict[str, User]) -> None:
    certificate, staff = window.issued(listed), listed["village_staff"]
    with pytest.raises(BadInput, match="理由"):
        own_data.export(actor=staff, id_number=window.NUMBER, reason="")
    with pytest.raises(BadInput, match="没有查到"):
        own_data.export(actor=listed["other_village_staff"], id_number=window.NUMBER, reason="本人申请")
    with pytest.raises(NotAllowed):
        own_data.export(actor=listed["county_officer"], id_number=window.NUMBER, reason="本人申请")
    (data,) = own_data.export(actor=staff, id_number=window.NUMBER, reason="本人申请查阅")
    assert data["姓名"] == window.NAME
    assert data["证明编号"] == certificate.serial
    assert "从事农业生产" in data["证明正文"]
    assert "核对证件材料：核对户口簿" in data["核实记录"]
    assert "本人申请查阅" in data["个人信息使用记录"]
    assert "撤销" not in data
    access = Access.objects.get(kind="exported")
    assert (access.request, access.by, access.reason) == (certificate.request, staff, "本人申请查阅")


def test_the_copy_for_the_person_is_a_table(listed: dict[str, User]) -> None:
    made = promises.promised(listed)
    client = Client()
    client.force_login(listed["village_staff"], backend="accounts.backends.RoleBackend")
    form = {"id_number": window.NUMBER, "reason": "本人申请查阅", "export": "1"}
    response = client.post(reverse("person"), form)
    assert "attachment" in response["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(response.content)).active
    rows = {row[1]: row[2] for row in sheet.iter_rows(values_only=True)}  # type: ignore[union-attr]
    assert rows["公民身份号码"] == window.NUMBER
    assert made.serial in rows["告知承诺书"]
    assert rows["承诺内容"] == made.promised


def test_what_is_due_is_removed_and_the_rest_stays(listed: dict[str, User], capsys: Any) -> None:
    done, still_open = window.issued(listed), window.registered(listed)
    kept = window.issued(listed)
    past = timezone.localdate() - dt.timedelta(days=1)
    Resident.objects.exclude(pk=kept.request_id).update(keep_until=past)
    counted = Happening.objects.count()
    call_command("purge_personal_data")
    assert "已清除 1 件" in capsys.readouterr().out
    assert not Resident.objects.filter(pk=done.request_id).exists()
    assert set(Resident.objects.values_list("pk", flat=True)) == {still_open.pk, kept.request_id}
    assert FactCheck.objects.get(request=done.request_id).note == ""
    assert IssuedCertificate.objects.filter(pk=done.pk, holder="韦**").exists()
    assert Happening.objects.count() == counted
    assert Access.objects.get(kind="purged").by is None
    client = Client()
    client.force_login(listed["village_staff"], backend="accounts.backends.RoleBackend")
    assert "已经清除" in client.get(reverse("request", args=[done.request_id])).content.decode()
    printed = client.post(reverse("certificate_print", args=[done.serial])).content.decode()
    assert "证明正文已经清除" in printed


@pytest.mark.django_db(transaction=True)
def test_attached_files_go_with_it(people: dict[str, User], open_round: Round) -> None:
    window.listed(people, open_round)
    request = window.with_files(people)
    attached = files_of(request)
    window.issue(actor=people["village_staff"], request_id=request.pk, answers=window.STATED, head="甲")
    assert [file.storage.exists(file.name) for file in attached] == [True, True]
    residents.purge(dt.date(2100, 1, 1))
    assert [file.storage.exists(file.name) for file in attached] == [False, False]
    client = Client()
    client.force_login(people["village_staff"], backend="accounts.backends.RoleBackend")
    page = client.get(reverse("request", args=[request.pk])).content.decode()
    assert page.count("已清除") == 2
    assert reverse("minutes_file", args=[request.pk]) not in page


def test_attached_files_lie_encrypted_and_open_as_they_were(listed: dict[str, User]) -> None:
    request = window.with_files(listed)
    client = Client()
    client.force_login(listed["village_staff"], backend="accounts.backends.RoleBackend")
    check = request.fact_checks.get()
    addresses = [
        reverse("fact_file", args=[request.pk, check.pk]),
        reverse("minutes_file", args=[request.pk]),
    ]
    contents = (b"\xff\xd8", b"%PDF")
    for file, address, content in zip(files_of(request), addresses, contents, strict=True):
        assert b"".join(client.get(address)) == content  # type: ignore[call-overload]
        assert content not in Path(file.path).read_bytes()


def test_a_promise_is_no_longer_found_once_the_data_is_gone_unless_it_was_false(
    listed: dict[str, User],
) -> None:
    kept = promises.promised(listed)
    false = promises.found_false(listed)
    residents.purge(dt.date(2100, 1, 1))
    kept.refresh_from_db()
    false.refresh_from_db()
    assert (kept.id_hash, bool(false.id_hash)) == ("", True)
    Commitment.objects.filter(pk=false.pk).update(repaired_on=timezone.localdate())
    residents.purge(dt.date(2100, 1, 1))
    false.refresh_from_db()
    assert false.id_hash == ""


def test_keys_are_rotated(listed: dict[str, User], settings: Any) -> None:
    request, attached = window.checked(listed), files_of(window.with_files(listed))
    old, new = settings.PERSONAL_DATA_KEYS[0], Fernet.generate_key().decode()
    settings.PERSONAL_DATA_KEYS = [new, old]
    assert residents.of(request).name == window.NAME  # type: ignore[union-attr]
    call_command("reencrypt_personal_data")
    settings.PERSONAL_DATA_KEYS = [new]
    assert residents.of(request).id_number == window.NUMBER  # type: ignore[union-attr]
    assert "土地承包合同" in FactCheck.objects.get(request=request).note
    assert [file.storage.open(file.name).read() for file in attached] == [b"\xff\xd8", b"%PDF"]
    settings.PERSONAL_DATA_KEYS = [old]
    with pytest.raises(WrongKey):
        attached[0].storage.open(attached[0].name)
    with pytest.raises(WrongKey):
        residents.of(request)


def test_rotation_brings_nothing_back(listed: dict[str, User], monkeypatch: Any) -> None:
    """What is written or removed while everything is encrypted anew stays as it was written."""
    request, gone = window.checked(listed), window.issued(listed).request
    past = timezone.localdate() - dt.timedelta(days=1)
    Resident.objects.filter(pk=gone.pk).update(keep_until=past)
    listing = residents._reencrypt_rows

    def meanwhile(model: Any) -> int:
        if model is Resident:
            window.issue(actor=listed["village_staff"], request_id=request.pk)
            residents.purge(timezone.localdate())
        return listing(model)

    monkeypatch.setattr(residents, "_reencrypt_rows", meanwhile)
    residents.reencrypt()
    assert "从事农业生产" in issuing.paper_of(request)
    assert FactCheck.objects.get(request=gone).note == ""


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"{window.NAME}已迁出，原证明填错", "某已迁出，原证明填错"),
        (f"给{window.NAME}办理低保（{window.NUMBER}）", "给某办理低保（某）"),
        (f"住{window.PERSON.address}，电话{window.PHONE}", "住某，电话某"),
        ("不住在本村，已核实；请重开。", "不住在本村，已核实；请重开。"),
        ("\x00含控制\x07字符", "含控制字符"),
    ],
)
def test_what_is_known_of_a_person_is_taken_out_of_free_text(text: str, kept: str) -> None:
    assert residents.unnamed(text, window.PERSON) == kept


def test_everybody_who_is_shown_a_resident_is_recorded(listed: dict[str, User]) -> None:
    request = window.with_files(listed)
    client = Client()
    client.force_login(listed["village_staff"], backend="accounts.backends.RoleBackend")
    shown = [
        client.get(reverse("fact_file", args=[request.pk, request.fact_checks.get().pk])),
        client.get(reverse("minutes_file", args=[request.pk])),
        client.post(
            reverse("issue_certificate", args=[request.pk]), {"field0": "从事种植", "head": "负责人"}
        ),
    ]
    assert window.NUMBER in shown[-1].content.decode()
    for response in shown:
        assert "no-store" in response["Cache-Control"]
    looks = list(Access.objects.order_by("pk").values_list("kind", "reason"))
    assert looks == [
        ("unmasked", "下载核实附件.jpg"),
        ("unmasked", "下载会议记录.pdf"),
        ("unmasked", "出具前核对样张"),
    ]


@pytest.mark.django_db(transaction=True)
def test_minutes_that_were_replaced_stay_until_the_purge_and_a_failed_upload_leaves_nothing(
    people: dict[str, User], open_round: Round, settings: Any, monkeypatch: Any
) -> None:
    window.listed(people, open_round)
    request = window.registered(people)
    about: dict[str, Any] = {
        "actor": people["village_staff"],
        "request_id": request.pk,
        "held_on": timezone.localdate(),
        "form": "村民代表会议",
        "entitled": 30,
        "present": 28,
        "in_favour": 25,
        "head": "",
        "signed_on": None,
    }

    def files() -> int:
        root = Path(settings.MEDIA_ROOT)
        return sum(path.is_file() for folder in ("facts", "minutes") for path in (root / folder).rglob("*"))

    for _ in range(2):
        fact_finding.record_deliberation(**about, minutes=SimpleUploadedFile("b.pdf", b"%PDF"))
    assert files() == 2

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the database went away")

    monkeypatch.setattr(fact_finding, "save_recorded", fail)
    monkeypatch.setattr(fact_finding, "create_recorded", fail)
    with pytest.raises(RuntimeError):
        fact_finding.record_deliberation(**about, minutes=SimpleUploadedFile("b.pdf", b"%PDF"))
    with pytest.raises(RuntimeError):
        fact_finding.record_fact(
            actor=people["village_staff"],
            request_id=request.pk,
            method="visit",
            note="入户",
            file=SimpleUploadedFile("a.jpg", b"\xff\xd8"),
        )
    assert files() == 2
    Resident.objects.update(keep_until=timezone.localdate())
    CertificateRequest.objects.update(status="withdrawn", closed_at=timezone.now())
    residents.purge(timezone.localdate())
    assert files() == 0


def test_a_file_that_cannot_be_removed_is_tried_again(listed: dict[str, User], monkeypatch: Any) -> None:
    stuck, easy = window.with_files(listed), window.checked(listed)
    for request in (stuck, easy):
        window.issue(actor=listed["village_staff"], request_id=request.pk)

    def fail(name: str) -> None:
        raise PermissionError(name)

    with monkeypatch.context() as patched:
        patched.setattr(residents.attachments(), "delete", fail)
        assert residents.purge(dt.date(2100, 1, 1)) == 1
    assert list(Resident.objects.values_list("pk", flat=True)) == [stuck.pk]
    assert residents.purge(dt.date(2100, 1, 1)) == 1


def test_masks_and_hashes() -> None:
    assert [masked_name(name) for name in ("", "韦", "某甲", "某甲乙", "某甲乙丙")] == [
        "",
        "韦**",
        "某**",
        "某**",
        "某**",
    ]
    assert {masked_name(name) for name in ("欧阳某", "欧阳某某", "欧阳**")} == {"欧阳**"}
    assert masked_name("买买提·吐尔逊·阿不都热合曼") == masked_name("买" + "*" * 40) == "买**"
    assert masked_number("13800000000") == "138****0000"
    assert masked_number("123") == "***"
    assert masked_number("07712345") == "******45"
    assert [masked_address(one) for one in ("", "长塘坡5号", "演示路一号院二栋三单元")] == [
        "",
        "长塘…",
        "演示路一号…",
    ]
    assert keyed_hash("45010219000101000x") == keyed_hash(" 45010219000101000X ")
    assert keyed_hash("") == ""
    assert len(keyed_hash("1")) == 64


def test_an_id_number_is_right_or_wrong() -> None:
    assert residents.is_id_number(window.NUMBER)
    for body in ("45010219001301000", "45010229000101000"):  # no such month; not born yet
        assert not residents.is_id_number(body + ric.calc_check_digit(body + "0"))
    for wrong in (window.NUMBER[:-1] + "5", window.NUMBER[:-1], "４" * 18):
        assert not residents.is_id_number(wrong)
    for at in range(18):  # a wide digit anywhere is the plain one: the same person, the same hash
        typed = window.NUMBER[:at] + chr(ord(window.NUMBER[at]) + 0xFEE0) + window.NUMBER[at + 1 :]
        assert not residents.is_id_number(typed)
        assert residents.checked(Person("甲", typed)).id_number == window.NUMBER
        assert keyed_hash(typed) == keyed_hash(window.NUMBER)
    person = residents.checked(Person("甲", f" {window.NUMBER} "), needs={"id_number"})
    assert person.id_number == window.NUMBER


@pytest.mark.parametrize("name", ["PERSONAL_DATA_KEYS", "PERSONAL_DATA_HASH_KEY", "VERIFICATION_KEYS"])
def test_without_its_keys_nothing_is_written_and_no_server_starts(settings: Any, name: str) -> None:
    setattr(settings, name, "")
    with pytest.raises(ImproperlyConfigured, match=name):
        encrypt("某")
    with pytest.raises(ImproperlyConfigured, match=name):
        keyed_hash("1")
    with pytest.raises(ImproperlyConfigured, match=name):
        code_of("450102001003-2026-000001")
    assert [problem.id for problem in check_keys()] == ["requests_app.E001"]
    with pytest.raises(ImproperlyConfigured, match=name):
        importlib.reload(importlib.import_module("catalog_portal.wsgi"))
