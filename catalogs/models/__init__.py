"""Data of the lists: what is banned, what cities submit, what is in force."""

from catalogs.models.banned import BannedException, BannedItem, BannedList, WayOut
from catalogs.models.decisions import KEPT, Decision, RejectCode
from catalogs.models.editions import Edition, EditionItem, ImmutableEdition
from catalogs.models.findings import Finding
from catalogs.models.guides import GuideStatus, ServiceGuide
from catalogs.models.laws import Law
from catalogs.models.notices import Notice
from catalogs.models.opinions import ASPECT_LABELS, ASPECTS, Opinion, Stance
from catalogs.models.proposals import Proposal, RepealTask
from catalogs.models.questions import Question
from catalogs.models.reports import Report, ReportedList
from catalogs.models.rounds import BaselineRow, Round
from catalogs.models.submission_items import Proposed, SubmissionItem
from catalogs.models.submissions import UNDER_WAY, BaselineDrop, Submission, SubmissionStatus
from catalogs.models.surveys import Standing, Survey, SurveyItem, SurveyStatus
from catalogs.models.uploads import UploadedForm
from catalogs.models.vocabulary import CertificateAlias, CertificateType

__all__ = [
    "ASPECTS",
    "ASPECT_LABELS",
    "KEPT",
    "UNDER_WAY",
    "BannedException",
    "BannedItem",
    "BannedList",
    "BaselineDrop",
    "BaselineRow",
    "CertificateAlias",
    "CertificateType",
    "Decision",
    "Edition",
    "EditionItem",
    "Finding",
    "GuideStatus",
    "ImmutableEdition",
    "Law",
    "Notice",
    "Opinion",
    "Proposal",
    "Proposed",
    "Question",
    "RejectCode",
    "RepealTask",
    "Report",
    "ReportedList",
    "Round",
    "ServiceGuide",
    "Stance",
    "Standing",
    "Submission",
    "SubmissionItem",
    "SubmissionStatus",
    "Survey",
    "SurveyItem",
    "SurveyStatus",
    "UploadedForm",
    "WayOut",
]
