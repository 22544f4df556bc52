"""Data of the lists: what is banned, what cities submit, what is in force."""

from catalogs.models.banned import BannedException, BannedItem, BannedList, WayOut
from catalogs.models.editions import Edition, EditionItem, ImmutableEdition
from catalogs.models.laws import Law
from catalogs.models.questions import Question
from catalogs.models.rounds import Round
from catalogs.models.submissions import (
    Decision,
    Finding,
    Submission,
    SubmissionItem,
    SubmissionStatus,
)
from catalogs.models.surveys import Standing, Survey, SurveyItem, SurveyStatus
from catalogs.models.uploads import UploadedForm
from catalogs.models.vocabulary import CertificateAlias, CertificateType

__all__ = [
    "BannedException",
    "BannedItem",
    "BannedList",
    "CertificateAlias",
    "CertificateType",
    "Decision",
    "Edition",
    "EditionItem",
    "Finding",
    "ImmutableEdition",
    "Law",
    "Question",
    "Round",
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
