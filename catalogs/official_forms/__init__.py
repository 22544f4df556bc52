"""The official forms of the notice: bytes → rows, and back. Pure Python: no Django."""

from catalogs.official_forms.annex3 import Annex3Form, FormRow, read_annex3
from catalogs.official_forms.columns import FIELDS
from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.grid import tidy
from catalogs.official_forms.write import write_annex3, write_blank_annex3

__all__ = [
    "FIELDS",
    "Annex3Form",
    "FormRow",
    "UnreadableForm",
    "read_annex3",
    "tidy",
    "write_annex3",
    "write_blank_annex3",
]
