"""Who may open what: every URL of the portal and the admin × every role, in and out of scope.

The lists of URLs come from the URLconf and the admin registry, so a new page without an entry
here fails ``test_every_url_is_listed``.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from catalogs import proposals
from catalogs.models import BannedItem, BannedList, CertificateAlias, Law, Report, Round
from divisions.models import Division
from requests_app import refusing
from requests_app.models import PromiseExclusion, WorkdayChange
from requests_app.verification import code_of
from supervision import handling as supervision
from tests import cast, lists, window

ALLOW, LOGIN, FORBID, HIDE = "allow", "login", "forbid", "hide"
EVERYONE = [*cast.CAST, "superuser", "foreign_reviewer"]

# --- What is expected ---------------------------------------------------------------------------
PUBLIC: dict[str, str] = dict.fromkeys([*EVERYONE, "anonymous"], ALLOW)
SIGNED_IN = {**PUBLIC, "anonymous": LOGIN}
NOBODY_ELSE = {**dict.fromkeys(EVERYONE, FORBID), "anonymous": LOGIN}
# A city's own pages, by the officer's own city.
CITY_PAGE = {**NOBODY_ELSE, "city_officer": ALLOW, "other_city_officer": ALLOW}
# A page of Nanning's list: others of the same role do not learn that it exists.
CITY_OBJECT = {**NOBODY_ELSE, "city_officer": ALLOW, "other_city_officer": HIDE, "superuser": ALLOW}
PROVINCE = {
    "province_admin": ALLOW,
    "reviewer": ALLOW,
    "second_reviewer": ALLOW,
    "superuser": ALLOW,
}
LIST_HISTORY = {**CITY_OBJECT, **PROVINCE, "foreign_reviewer": HIDE}
# Whoever files forms may open files; Nanning's are not those of others.
UPLOADED_FILE = {**LIST_HISTORY, "county_officer": HIDE, "department_officer": HIDE}
# What is certified today: filed by places and departments, read by the province.
SURVEYORS = {
    "city_officer": ALLOW,
    "other_city_officer": ALLOW,
    "county_officer": ALLOW,
    "department_officer": ALLOW,
    "superuser": ALLOW,
}
SURVEY_FILING = {**NOBODY_ELSE, **SURVEYORS}
SURVEY_PAGE = {**SURVEY_FILING, **PROVINCE, "foreign_reviewer": ALLOW}
SURVEY_OBJECT = {
    **SURVEY_PAGE,
    "other_city_officer": HIDE,
    "county_officer": HIDE,
    "department_officer": HIDE,
    "foreign_reviewer": HIDE,
}
SURVEY_WORK = {
    **NOBODY_ELSE,
    "city_officer": ALLOW,
    "superuser": ALLOW,
    "other_city_officer": HIDE,
    "county_officer": HIDE,
    "department_officer": HIDE,
}
# Against the list of a city: for those who have a city in their scope.
SURVEY_ADVICE = {**SURVEY_PAGE, "county_officer": FORBID, "foreign_reviewer": FORBID}

REVIEWER_PAGE = {**NOBODY_ELSE, **PROVINCE, "foreign_reviewer": ALLOW}
REVIEWER_OBJECT = {**NOBODY_ELSE, **PROVINCE, "foreign_reviewer": HIDE}
BOARD = {**REVIEWER_PAGE, "city_officer": ALLOW, "other_city_officer": ALLOW}
# Only the department that was asked; the superuser of no department was not.
OPINIONS = {**NOBODY_ELSE, "joint_reviewer": ALLOW, "superuser": HIDE}
PROPOSERS = {
    "city_officer": ALLOW,
    "other_city_officer": ALLOW,
    "department_officer": ALLOW,
    "superuser": ALLOW,
}

# A village's requests and papers: read by the places above it, handled by the village alone.
WINDOW_LIST = {
    **NOBODY_ELSE,
    **PROVINCE,
    "foreign_reviewer": ALLOW,
    "city_officer": ALLOW,
    "other_city_officer": ALLOW,
    "county_officer": ALLOW,
    "village_staff": ALLOW,
    "other_village_staff": ALLOW,
}
WINDOW_OBJECT = {
    **WINDOW_LIST,
    "foreign_reviewer": HIDE,
    "other_city_officer": HIDE,
    "other_village_staff": HIDE,
}
WINDOW_WORK = {**NOBODY_ELSE, "village_staff": ALLOW, "other_village_staff": HIDE, "superuser": ALLOW}
# Promises are checked, and false ones reported, by county and city.
CHECKERS = {**NOBODY_ELSE, "county_officer": ALLOW, "city_officer": ALLOW, "other_city_officer": ALLOW}
CHECKED_OBJECT = {**CHECKERS, "other_city_officer": HIDE, "superuser": ALLOW}
# Only a village has a window.
OWN_WINDOW = {**NOBODY_ELSE, "village_staff": ALLOW, "other_village_staff": ALLOW}

# name of the URL → (method, expected by person)
PORTAL: dict[str, tuple[str, dict[str, str]]] = {
    "home": ("get", PUBLIC),
    "healthz": ("get", PUBLIC),
    "login": ("get", PUBLIC),
    "logout": ("post", PUBLIC),
    "password_change": ("get", SIGNED_IN),
    "check": ("get", PUBLIC),
    "check_slip": ("get", PUBLIC),
    "check_dispute": ("post", SIGNED_IN),
    "check_offline": ("get", PUBLIC),
    "check_worker": ("get", PUBLIC),
    "api_check": ("get", PUBLIC),
    "api_offline": ("get", PUBLIC),
    "cities": ("get", PUBLIC),
    "city_list": ("get", PUBLIC),
    "edition": ("get", PUBLIC),
    "edition_download": ("get", PUBLIC),
    "edition_canonical": ("get", PUBLIC),
    "edition_proof": ("get", PUBLIC),
    "compare_editions": ("get", PUBLIC),
    "banned": ("get", PUBLIC),
    "workbench": ("get", CITY_PAGE),
    "blank_form": ("get", {**CITY_PAGE, "superuser": ALLOW}),
    "round": ("get", CITY_PAGE),
    "upload": ("post", CITY_PAGE),
    "start": ("post", CITY_PAGE),
    "submission": ("get", CITY_OBJECT),
    "add_row": ("post", CITY_OBJECT),
    "submit": ("post", CITY_OBJECT),
    "new_version": ("post", CITY_OBJECT),
    "download": ("get", CITY_OBJECT),
    "edit_row": ("post", CITY_OBJECT),
    "delete_row": ("post", CITY_OBJECT),
    "marked": ("get", CITY_OBJECT),
    "surveys": ("get", SURVEY_PAGE),
    "survey_upload": ("post", SURVEY_FILING),
    "blank_survey": ("get", SURVEY_PAGE),
    "survey_totals": ("get", SURVEY_PAGE),
    "survey_totals_download": ("get", SURVEY_PAGE),
    "survey_rows": ("get", SURVEY_PAGE),
    "survey_advice": ("get", SURVEY_ADVICE),
    "survey": ("get", SURVEY_OBJECT),
    "survey_progress": ("get", SURVEY_OBJECT),
    "survey_marked": ("get", SURVEY_OBJECT),
    "survey_history": ("get", SURVEY_OBJECT),
    "survey_cancel": ("post", SURVEY_WORK),
    "survey_file": ("post", SURVEY_WORK),
    "wordings": ("get", {**NOBODY_ELSE, **PROVINCE, "foreign_reviewer": ALLOW}),
    "wording_attach": ("post", {**NOBODY_ELSE, **PROVINCE, "foreign_reviewer": ALLOW}),
    "original": ("get", UPLOADED_FILE),
    "submission_history": ("get", LIST_HISTORY),
    "row_history": ("get", LIST_HISTORY),
    "hand_back_row": ("post", CITY_OBJECT),
    "explain_deviations": ("post", CITY_OBJECT),
    "board": ("get", BOARD),
    "board_round": ("get", BOARD),
    "matrix": ("get", REVIEWER_PAGE),
    "matrix_download": ("get", REVIEWER_PAGE),
    "matrix_act": ("post", REVIEWER_PAGE),
    "assemble": ("get", REVIEWER_PAGE),
    "reports": ("get", REVIEWER_PAGE),
    "report": ("get", REVIEWER_OBJECT),
    "report_download": ("get", REVIEWER_OBJECT),
    "opinion_lists": ("get", {**OPINIONS, "superuser": ALLOW}),
    "opinions": ("get", OPINIONS),
    "proposals": ("get", {**REVIEWER_PAGE, **PROPOSERS}),
    "propose": ("get", {**NOBODY_ELSE, **PROPOSERS}),
    "proposal_answer": ("post", REVIEWER_OBJECT),
    "repeal_tasks": (
        "get",
        {**REVIEWER_PAGE, "city_officer": ALLOW, "other_city_officer": ALLOW},
    ),
    "banned_hits": ("get", REVIEWER_PAGE),
    "notices": ("get", SIGNED_IN),
    "verify": ("get", PUBLIC),
    "verify_certificate": ("get", PUBLIC),
    "requests": ("get", WINDOW_LIST),
    "request": ("get", WINDOW_OBJECT),
    "certificate": ("get", WINDOW_OBJECT),
    "refusal": ("get", WINDOW_OBJECT),
    "register_request": ("get", OWN_WINDOW),
    "seal_register": ("get", OWN_WINDOW),
    "figures": ("get", WINDOW_LIST),
    "late_requests": ("get", WINDOW_LIST),
    "late_download": ("get", WINDOW_LIST),
    "person": ("get", {**OWN_WINDOW, "superuser": ALLOW}),
    "record_fact": ("post", WINDOW_WORK),
    "record_deliberation": ("post", WINDOW_WORK),
    "fact_file": ("get", WINDOW_WORK),
    "minutes_file": ("get", WINDOW_WORK),
    "issue_certificate": ("get", WINDOW_WORK),
    "refuse_request": ("post", WINDOW_WORK),
    "withdraw_request": ("post", WINDOW_WORK),
    "reveal_resident": ("post", WINDOW_WORK),
    "certificate_print": ("post", WINDOW_WORK),
    "certificate_docx": ("post", WINDOW_WORK),
    "certificate_revoke": ("post", WINDOW_WORK),
    "guides": ("get", {**REVIEWER_PAGE, "department_officer": ALLOW}),
    "guide": ("get", {**REVIEWER_OBJECT, "department_officer": ALLOW}),
    "guide_begin": ("post", {**NOBODY_ELSE, "department_officer": ALLOW}),
    "guide_check": ("post", REVIEWER_OBJECT),
    "guide_drop": ("post", {**NOBODY_ELSE, "department_officer": ALLOW}),
    "guide_hand_over": ("post", REVIEWER_OBJECT),
    "public_guide": ("get", PUBLIC),
    "promise": ("get", WINDOW_WORK),
    "commitments": ("get", WINDOW_LIST),
    "commitment": ("get", WINDOW_OBJECT),
    "commitment_print": ("post", WINDOW_WORK),
    "commitment_withdraw": ("post", WINDOW_WORK),
    "commitment_object": ("post", WINDOW_WORK),
    "commitment_reveal": ("post", CHECKED_OBJECT),
    "commitment_check": ("post", CHECKED_OBJECT),
    "objection_answer": ("post", CHECKED_OBJECT),
    "draw_sample": ("post", CHECKERS),
    "credit_batches": ("get", {**CHECKERS, "superuser": ALLOW}),
    "credit_batch_file": ("post", CHECKED_OBJECT),
    "credit_batch_acknowledge": ("post", CHECKED_OBJECT),
    "credit_batch_told": ("post", CHECKED_OBJECT),
    "complaints": ("get", WINDOW_LIST),
    "complaint": ("get", WINDOW_OBJECT),
    "complaint_draft": ("post", WINDOW_WORK),
    "complaint_drop": ("post", WINDOW_WORK),
}

# Pages of one open request.
REQUEST_PAGES = [
    "request",
    "record_fact",
    "record_deliberation",
    "issue_certificate",
    "refuse_request",
    "withdraw_request",
    "reveal_resident",
    "promise",
    "minutes_file",
]
PROMISE_PAGES = [
    "commitment",
    "commitment_print",
    "commitment_withdraw",
    "commitment_object",
    "commitment_reveal",
    "commitment_check",
]
BATCH_PAGES = ["credit_batch_file", "credit_batch_acknowledge", "credit_batch_told"]
COMPLAINT_PAGES = ["complaint", "complaint_drop"]
CERTIFICATE_PAGES = ["certificate", "certificate_print", "certificate_docx", "certificate_revoke"]

# Pages of one table.
SURVEY_PAGES = [
    "survey",
    "survey_progress",
    "survey_marked",
    "survey_history",
    "survey_cancel",
    "survey_file",
]

ADMINS = ["province_admin", "superuser"]
REVIEWERS = ["reviewer", "second_reviewer", "province_admin", "superuser"]
READ_ONLY: list[str] = []
# model → (who may view, who may add, who may change); deleting is open to nobody
ADMIN_MODELS: dict[str, tuple[list[str], list[str], list[str]]] = {
    "accounts.user": (ADMINS, ADMINS, ADMINS),
    "accounts.department": (REVIEWERS, ADMINS, ADMINS),
    "accounts.departmentalias": (ADMINS, ADMINS, ADMINS),
    "divisions.division": (REVIEWERS, READ_ONLY, ADMINS),
    "catalogs.bannedlist": (REVIEWERS, ADMINS, ADMINS),
    "catalogs.banneditem": (REVIEWERS, READ_ONLY, ADMINS),
    "catalogs.certificatetype": (REVIEWERS, REVIEWERS, REVIEWERS),
    "catalogs.certificatealias": (REVIEWERS, REVIEWERS, REVIEWERS),
    "catalogs.law": (REVIEWERS, REVIEWERS, REVIEWERS),
    "catalogs.round": (REVIEWERS, ADMINS, ADMINS),
    "catalogs.submission": (REVIEWERS, READ_ONLY, READ_ONLY),
    "catalogs.edition": (REVIEWERS, READ_ONLY, READ_ONLY),
    "catalogs.uploadedform": (REVIEWERS, READ_ONLY, READ_ONLY),
    "catalogs.serviceguide": (REVIEWERS, READ_ONLY, READ_ONLY),
    "requests_app.certificaterequest": (REVIEWERS, READ_ONLY, READ_ONLY),
    "requests_app.issuedcertificate": (REVIEWERS, READ_ONLY, READ_ONLY),
    "requests_app.refusal": (REVIEWERS, READ_ONLY, READ_ONLY),
    "requests_app.commitment": (REVIEWERS, READ_ONLY, READ_ONLY),
    "requests_app.creditbatch": (REVIEWERS, READ_ONLY, READ_ONLY),
    "supervision.complaint": (REVIEWERS, READ_ONLY, READ_ONLY),
    "requests_app.workdaychange": (ADMINS, ADMINS, ADMINS),
    "requests_app.promiseexclusion": (ADMINS, ADMINS, ADMINS),
}
# Rows with a division: a reviewer of another province must not see Guangxi's.
SCOPED = {
    "accounts.user",
    "divisions.division",
    "catalogs.submission",
    "catalogs.edition",
    "catalogs.uploadedform",
    "catalogs.serviceguide",
    "requests_app.certificaterequest",
    "requests_app.issuedcertificate",
    "requests_app.refusal",
    "requests_app.commitment",
    "requests_app.creditbatch",
    "supervision.complaint",
}
# Pages that the admin site adds by itself: open to whoever may enter the admin.
ADMIN_SITE = {
    "index",
    "jsi18n",
    "autocomplete",
    "app_list",
    "view_on_site",
    "logout",
    "login",
    "password_change",
    "password_change_done",
}
ADMIN_EXTRA = {"import", "import_template", "process_import", "export"}


# --- What there is ------------------------------------------------------------------------------
def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, route)
        else:
            yield route, pattern


def test_every_url_is_listed() -> None:
    unlisted = []
    models = {f"{m._meta.app_label}_{m._meta.model_name}": m._meta.label_lower for m in admin.site._registry}
    for route, pattern in _patterns(get_resolver()):
        name = pattern.name or ""
        if not route.startswith("admin/"):
            if name not in PORTAL:
                unlisted.append(route)
            continue
        model = next((label for key, label in models.items() if name.startswith(f"{key}_")), None)
        known = (
            model in ADMIN_MODELS
            or name in ADMIN_SITE
            or name == "auth_user_password_change"  # see test_resetting_passwords…
            or route in {"admin/login/", "admin/password_change/"}
            or re.fullmatch(r"\^?admin/(\(\?P<url>|.*<path:object_id>/$).*", route)
            or pattern.callback.__qualname__.startswith("AdminSite.catch_all_view")
            or "catch_all_view" in repr(pattern.callback)
        )
        if not known:
            unlisted.append(f"{route} ({name})")
    assert unlisted == []
    assert {m._meta.label_lower for m in admin.site._registry} == set(ADMIN_MODELS)


# --- Trying it -----------------------------------------------------------------------------------
@pytest.fixture
def world(people: dict[str, User], open_round: Round) -> dict[str, Any]:
    """Nanning has a published list and, in the next round, a draft."""
    Division.objects.create(code="44", name="邻省", level="province")
    people["foreign_reviewer"] = User.objects.create_user(
        "foreign_reviewer",
        cast.PASSWORD,
        full_name="邻省审核员",
        role="province_reviewer",
        division_id="44",
        must_change_password=False,
    )
    sent = lists.submitted(people["city_officer"], open_round)
    lists.sent_to(people["reviewer"], sent, "public_security")
    opinion_list = lists.opined(people["joint_reviewer"], sent)
    lists.decide(people["reviewer"], sent)
    edition = lists.publish(people["reviewer"], sent, dt.date(2026, 1, 1))
    proposal = proposals.propose(
        actor=people["city_officer"],
        city=edition.city,
        action="remove",
        reason="不再使用",
        edition_item=edition.items.first(),
    )
    next_round = Round.objects.create(name="下一批次", due_on="2027-01-01")
    draft = lists.drafted(people["city_officer"], next_round)
    survey = lists.surveyed(people["city_officer"], next_round)
    staff = people["village_staff"]
    turned_away = refusing.turn_away(actor=staff, village=staff.division, text="单身证明", demander="某银行")
    complaint = supervision.draft_complaint(actor=staff, request_id=turned_away.pk)
    supervision.file_complaint(actor=staff, complaint_id=complaint.pk)
    batch = window.reported(people)
    guide = window.guide(people)
    return {
        "request": window.with_files(people),
        "certificate": window.issued(people),
        "turned_away": turned_away,
        "complaint": complaint,
        "batch": batch,
        "guide": guide,
        "people": people,
        "edition": edition,
        "draft": draft,
        "round": next_round,
        "survey": survey,
        "opinions": opinion_list,
        "proposal": proposal,
        "report": Report.objects.get(),
    }


def _arguments(name: str, world: dict[str, Any]) -> list[Any]:
    draft = world["draft"]
    return {
        "round": [world["round"].pk],
        "upload": [world["round"].pk],
        "start": [world["round"].pk],
        "submission": [draft.pk],
        "add_row": [draft.pk],
        "submit": [draft.pk],
        "new_version": [draft.pk],
        "download": [draft.pk],
        "edit_row": [draft.items.first().pk],
        "delete_row": [draft.items.first().pk],
        "marked": [draft.pk],
        **{page: [world["survey"].pk] for page in SURVEY_PAGES},
        "original": [draft.source.pk],
        "row_history": [draft.items.first().pk],
        "hand_back_row": [draft.items.first().pk],
        "explain_deviations": [draft.pk],
        **{name: [world["round"].pk] for name in ("board_round", "matrix", "matrix_download", "matrix_act")},
        "assemble": [world["round"].pk],
        "report": [world["report"].pk],
        "report_download": [world["report"].pk],
        "opinions": [world["opinions"].pk],
        "proposal_answer": [world["proposal"].pk],
        "banned_hits": [BannedList.objects.get().pk],
        "submission_history": [draft.pk],
        **{page: [world["request"].pk] for page in REQUEST_PAGES},
        **{page: [world["certificate"].serial] for page in CERTIFICATE_PAGES},
        **{page: [world["batch"].commitments.get().serial] for page in PROMISE_PAGES},
        **{page: [world["batch"].number] for page in BATCH_PAGES},
        "objection_answer": [
            world["batch"].commitments.get().serial,
            world["batch"].commitments.get().objections.get().pk,
        ],
        "guide": [world["guide"].pk],
        **{page: [world["guide"].pk] for page in ("guide_check", "guide_drop", "guide_hand_over")},
        "guide_begin": [world["guide"].certificate_type_id],
        "public_guide": ["4501", world["guide"].certificate_type_id],
        "fact_file": [world["request"].pk, world["request"].fact_checks.get().pk],
        "complaint_draft": [world["turned_away"].pk],
        **{page: [world["complaint"].pk] for page in COMPLAINT_PAGES},
        "refusal": [world["turned_away"].refusal.serial],
        "verify_certificate": [world["certificate"].serial, code_of(world["certificate"].serial)],
        "city_list": ["4501"],
        "edition": ["4501", 1],
        "edition_download": ["4501", 1],
        "edition_canonical": ["4501", 1],
        "edition_proof": ["4501"],
    }.get(name, [])


def _outcome(response: Any) -> str:
    if response.streaming:  # read to its end, a download closes its file
        list(response.streaming_content)
    if response.status_code == 302 and response["Location"].startswith(("/login/", "/admin/login/")):
        return LOGIN
    return {403: FORBID, 404: HIDE}.get(response.status_code, ALLOW)


def _client(world: dict[str, Any], person: str) -> Client:
    client = Client()
    if person != "anonymous":
        client.force_login(world["people"][person], backend="accounts.backends.RoleBackend")
    return client


@pytest.mark.parametrize("name", PORTAL)
def test_portal_pages(name: str, world: dict[str, Any]) -> None:
    method, expected = PORTAL[name]
    url = reverse(name, args=_arguments(name, world))
    got = {}
    for person in expected:
        response = getattr(_client(world, person), method)(url)
        assert response.status_code < 500
        got[person] = _outcome(response)
    assert got == expected


def _objects(world: dict[str, Any]) -> dict[str, Any]:
    people = world["people"]
    return {
        "accounts.user": people["county_officer"],
        "accounts.department": people["reviewer"].department,
        "accounts.departmentalias": people["reviewer"].department.aliases.first(),
        "divisions.division": Division.objects.get(pk="4501"),
        "catalogs.bannedlist": BannedList.objects.get(),
        "catalogs.banneditem": BannedItem.objects.first(),
        "catalogs.certificatetype": BannedItem.objects.first().certificate_type,
        "catalogs.certificatealias": CertificateAlias.objects.create(
            certificate_type=BannedItem.objects.first().certificate_type, name="自拟别名"
        ),
        "catalogs.law": Law.objects.first(),
        "catalogs.round": world["round"],
        "catalogs.submission": world["draft"],
        "catalogs.edition": world["edition"],
        "catalogs.uploadedform": world["draft"].source,
        "catalogs.serviceguide": world["guide"],
        "requests_app.certificaterequest": world["request"],
        "requests_app.issuedcertificate": world["certificate"],
        "requests_app.refusal": world["turned_away"].refusal,
        "requests_app.commitment": world["batch"].commitments.get(),
        "requests_app.creditbatch": world["batch"],
        "supervision.complaint": world["complaint"],
        "requests_app.workdaychange": WorkdayChange.objects.create(
            day=dt.date(2026, 1, 1), is_workday=False, note="元旦"
        ),
        "requests_app.promiseexclusion": PromiseExclusion.objects.create(name="另一类", basis="另一文件"),
    }


@pytest.mark.parametrize("label", ADMIN_MODELS)
def test_admin_pages(label: str, world: dict[str, Any]) -> None:
    viewers, adders, changers = ADMIN_MODELS[label]
    name = "admin:" + label.replace(".", "_")
    obj = _objects(world)[label]
    pages = {
        "changelist": (f"{name}_changelist", [], viewers),
        "add": (f"{name}_add", [], adders),
        "change": (f"{name}_change", [obj.pk], viewers),
        "history": (f"{name}_history", [obj.pk], viewers),
        "delete": (f"{name}_delete", [obj.pk], []),
    }
    for page, (url_name, args, allowed) in pages.items():
        url = reverse(url_name, args=args)
        for person in [*cast.CAST, "superuser", "anonymous"]:
            outcome = _outcome(_client(world, person).get(url))
            if person in allowed:
                assert outcome == ALLOW, (page, person)
            else:
                assert outcome != ALLOW, (page, person)
        foreign = _client(world, "foreign_reviewer").get(url)
        if label in SCOPED and args:
            assert _outcome(foreign) != ALLOW or foreign.status_code == 302, (page, "foreign_reviewer")
            assert str(obj) not in foreign.content.decode()
    for person in viewers:  # may look, may not save
        if person not in changers:
            url = reverse(f"{name}_change", args=[obj.pk])
            response = _client(world, person).post(url, {"change_reason": "试"})
            assert _outcome(response) != ALLOW, person


def test_a_foreign_reviewer_finds_no_rows_in_the_lists(world: dict[str, Any]) -> None:
    client = _client(world, "foreign_reviewer")
    for label in SCOPED - {"accounts.user"}:
        page = client.get(reverse("admin:" + label.replace(".", "_") + "_changelist"))
        assert page.status_code == 200
        found = page.context["cl"].queryset
        if label == "divisions.division":
            assert [division.code for division in found] == ["44"]
        else:
            assert not found.exists(), label


def test_the_admin_says_no_to_those_it_does_not_admit(world: dict[str, Any]) -> None:
    client = _client(world, "city_officer")
    response = client.get(reverse("admin:index"), follow=True)
    assert response.status_code == 403
    assert "没有权限" in response.content.decode()


def test_resetting_passwords_is_for_administrators_in_scope(world: dict[str, Any]) -> None:
    url = reverse("admin:auth_user_password_change", args=[world["people"]["county_officer"].pk])
    for person in [*EVERYONE, "anonymous"]:
        assert (_outcome(_client(world, person).get(url)) == ALLOW) == (person in ADMINS), person


@pytest.mark.parametrize("model", ["certificatealias", "law"])
@pytest.mark.parametrize("action", sorted(ADMIN_EXTRA))
def test_importing_needs_the_right_to_add(action: str, model: str, world: dict[str, Any]) -> None:
    url = reverse(f"admin:catalogs_{model}_{action}")
    method = "post" if action == "process_import" else "get"
    for person in [*cast.CAST, "anonymous"]:
        outcome = _outcome(getattr(_client(world, person), method)(url))
        assert (outcome == ALLOW) == (person in REVIEWERS), (action, person)
