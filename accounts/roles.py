"""What each role may do. Where they may do it is row-level scope (``divisions.scope``)."""

from typing import Final

from django.db import models

from divisions.models import Level


class Role(models.TextChoices):
    PROVINCE_ADMIN = "province_admin", "自治区管理员"
    PROVINCE_REVIEWER = "province_reviewer", "自治区审核员"
    JOINT_REVIEWER = "joint_reviewer", "会审部门审核员"
    CITY_OFFICER = "city_officer", "市级经办人"
    COUNTY_OFFICER = "county_officer", "县级经办人"
    DEPARTMENT_OFFICER = "department_officer", "行业部门经办人"
    VILLAGE_STAFF = "village_staff", "村（居）工作人员"


# The level of the division an account of this role belongs to; None leaves it open.
ROLE_LEVEL: Final[dict[str, Level | None]] = {
    Role.PROVINCE_ADMIN: Level.PROVINCE,
    Role.PROVINCE_REVIEWER: Level.PROVINCE,
    Role.JOINT_REVIEWER: Level.PROVINCE,
    Role.CITY_OFFICER: Level.CITY,
    Role.COUNTY_OFFICER: Level.COUNTY,
    Role.DEPARTMENT_OFFICER: None,
    Role.VILLAGE_STAFF: Level.VILLAGE,
}
DEPARTMENT_ROLES: Final = frozenset({Role.JOINT_REVIEWER, Role.DEPARTMENT_OFFICER})
ADMIN_SITE_ROLES: Final = frozenset({Role.PROVINCE_ADMIN, Role.PROVINCE_REVIEWER})


def _edit(app: str, *models_: str) -> set[str]:
    return {f"{app}.{verb}_{model}" for model in models_ for verb in ("view", "add", "change")}


def _view(app: str, *models_: str) -> set[str]:
    return {f"{app}.view_{model}" for model in models_}


# What is asked and issued, by place and month; requests and papers with names masked.
_OVERSEER: Final = frozenset(
    {"requests_app.view_figures"}
    | _view("requests_app", "certificaterequest", "issuedcertificate", "refusal", "commitment", "creditbatch")
    | _view("supervision", "complaint")
)
# 二(三), 二(五): the work of the village window.
_WINDOW: Final = _OVERSEER | {
    "requests_app.handle_request",
    "requests_app.unmask_resident",
    "supervision.file_complaint",
}

_REVIEWER: Final = (
    _view(
        "catalogs",
        "bannedlist",
        "banneditem",
        "bannedexception",
        "certificatetype",
        "certificatealias",
        "round",
        "submission",
        "submissionitem",
        "finding",
        "uploadedform",
        "survey",
        "surveyitem",
        "edition",
        "editionitem",
        "opinion",
        "report",
        "proposal",
        "repealtask",
    )
    | _view("divisions", "division")
    | _view("accounts", "department")
    | _edit("catalogs", "certificatetype", "certificatealias", "law")
    | {"catalogs.delete_certificatealias"}
    | {
        "catalogs.review_submission",
        "catalogs.report_lists",
        "catalogs.publish_edition",
        "catalogs.improve_vocabulary",
        "catalogs.check_guide",
    }
    | _view("catalogs", "serviceguide")
    | _OVERSEER
)
_ADMIN: Final = (
    _REVIEWER
    | _edit("catalogs", "round", "bannedlist")
    | {"catalogs.change_banneditem", "catalogs.change_bannedexception"}
    | _edit("accounts", "user", "department", "departmentalias")
    | {"accounts.delete_departmentalias", "divisions.change_division"}
    | _edit("requests_app", "workdaychange", "promiseexclusion")
    | {"requests_app.view_access"}
)

# 二(一): places and departments list what is certified today, and see what they listed.
_SURVEYOR: Final = _view("catalogs", "survey", "surveyitem", "uploadedform") | {"catalogs.file_survey"}

# 三(二): between rounds, cities and departments propose what should come onto a list or leave it.
_PROPOSER: Final = frozenset({"catalogs.propose_change", "catalogs.view_proposal"})

ROLE_PERMISSIONS: Final[dict[str, frozenset[str]]] = {
    Role.PROVINCE_ADMIN: frozenset(_ADMIN),
    Role.PROVINCE_REVIEWER: frozenset(_REVIEWER),
    Role.JOINT_REVIEWER: frozenset({"catalogs.give_opinion"}),
    Role.CITY_OFFICER: frozenset(
        _SURVEYOR
        | _PROPOSER
        | _OVERSEER
        | {"requests_app.check_promise", "requests_app.report_false_promise"}
        | {"catalogs.view_submission", "catalogs.file_submission", "catalogs.view_repealtask"}
    ),
    Role.COUNTY_OFFICER: frozenset(
        _SURVEYOR | _OVERSEER | {"requests_app.check_promise", "requests_app.report_false_promise"}
    ),
    Role.DEPARTMENT_OFFICER: frozenset(
        _SURVEYOR | _PROPOSER | {"catalogs.write_guide", "catalogs.view_serviceguide"}
    ),
    Role.VILLAGE_STAFF: frozenset(_WINDOW),
}
