"""The official forms as files: bytes → rows of annex 3, and back.

Pure Python: no Django, no database. The layers, each knowing only those after it:
``annex3`` → ``table`` → ``columns``, ``statements`` → ``grid`` → ``xlsx_*`` → ``cells``.
"""

from catalogs.official_forms.annex3 import read_annex3
from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.form import FIELDS, Annex3Form, FormRow, RowLike
from catalogs.official_forms.text import tidy
from catalogs.official_forms.write import write_annex3, write_blank_annex3

__all__ = [
    "FIELDS",
    "Annex3Form",
    "FormRow",
    "RowLike",
    "UnreadableForm",
    "read_annex3",
    "tidy",
    "write_annex3",
    "write_blank_annex3",
]
