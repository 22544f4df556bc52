"""Forms as plain JSON values, to hand them from one process to another, and back."""

import datetime as dt
from dataclasses import fields
from typing import Any, Final, Literal

from catalogs.official_forms.form import Annex2Form, Annex3Form, FormRow, SurveyRow

FormKind = Literal["annex2", "annex3"]

_ROW_OF: Final[dict[type, type]] = {Annex2Form: SurveyRow, Annex3Form: FormRow}
_KINDS: Final[dict[str, type]] = {"annex2": Annex2Form, "annex3": Annex3Form}


def kind_of(form: Annex2Form | Annex3Form) -> FormKind:
    """``annex2`` or ``annex3``."""
    return "annex2" if isinstance(form, Annex2Form) else "annex3"


def form_to_wire(form: Annex2Form | Annex3Form) -> dict[str, Any]:
    """Return a form as lists, texts and numbers only; rows as lists in the order of their fields."""
    names = [field.name for field in fields(_ROW_OF[type(form)])]
    wire: dict[str, Any] = {"form": kind_of(form)}
    for field in fields(form):
        value = getattr(form, field.name)
        if field.name in ("rows", "example_rows"):
            value = [[getattr(row, name) for name in names] for row in value]
        elif isinstance(value, dt.date):
            value = value.isoformat()
        wire[field.name] = value
    return wire


def form_from_wire(wire: dict[str, Any]) -> Annex2Form | Annex3Form:
    """Rebuild what ``form_to_wire`` made; raises TypeError or KeyError for anything else."""
    kind = _KINDS[wire["form"]]
    row_type = _ROW_OF[kind]
    at = [field.name for field in fields(row_type)].index("columns")
    values: dict[str, Any] = {field.name: wire[field.name] for field in fields(kind)}
    for name in ("rows", "example_rows"):
        if name in values:
            values[name] = tuple(row_type(*row[:at], tuple(row[at]), *row[at + 1 :]) for row in values[name])
    values["remarks"] = tuple(values["remarks"])
    if values["reported_on"]:
        values["reported_on"] = dt.date.fromisoformat(values["reported_on"])
    form: Annex2Form | Annex3Form = kind(**values)
    return form
