"""The official forms as files: bytes → rows of annex 2 or 3, and back (``write``, ``mark``).

Pure Python: no Django, no database. The layers, each knowing only those after it:
``isolated`` → ``child`` → ``reading``, ``mark`` → ``table`` → ``columns``, ``statements`` → ``spec`` →
``grid`` → a reader for each kind of file → ``sheet_builder`` → ``cells``.
"""

from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.form import (
    FIELDS,
    SURVEY_FIELDS,
    Annex2Form,
    Annex3Form,
    FormRow,
    RowLike,
    SurveyRow,
)
from catalogs.official_forms.reading import read_annex2, read_annex3, read_form
from catalogs.official_forms.text import tidy

__all__ = [
    "FIELDS",
    "SURVEY_FIELDS",
    "Annex2Form",
    "Annex3Form",
    "FormRow",
    "RowLike",
    "SurveyRow",
    "UnreadableForm",
    "read_annex2",
    "read_annex3",
    "read_form",
    "tidy",
]
