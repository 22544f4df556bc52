"""One row of annex 2 → one stored item: where it belongs, who uses it, what the rules notice."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils import timezone

from accounts.models import Department, DepartmentAlias
from catalogs.errors import BadInput
from catalogs.findings import Noticed, notice_survey
from catalogs.matching import normalize
from catalogs.models import Standing, Survey, SurveyItem
from catalogs.noticing import known_on, types_by_name
from catalogs.official_forms.form import SurveyRow
from divisions.models import Division

MAX_NAME = 500  # characters
_NO_BASIS = {"missing_field", "no_article", "law_repealed"}
_STANDINGS = {"banned_exception": Standing.EXCEPTION, "banned_name": Standing.BANNED}


class SurveyReader:
    """Turns the rows of one table into items; ``remarks`` (Chinese) say what it had to decide."""

    def __init__(self, survey: Survey, rows: Sequence[SurveyRow]) -> None:
        """``rows`` are all rows of the table: a repetition may be far from what it repeats."""
        self._survey, self._rows = survey, rows
        self._types = types_by_name()
        self._known = known_on(survey.reported_on or timezone.localdate())
        self._places = Places(survey.division)
        self._departments = Departments()
        self._noticed: dict[int, list[Noticed]] = {}
        for one in notice_survey(rows, self._known):
            self._noticed.setdefault(one.position, []).append(one)

    @property
    def remarks(self) -> list[str]:
        return self._places.remarks

    def items(self, done: int, count: int) -> list[SurveyItem]:
        """The next ``count`` items after the first ``done``; raises BadInput for an absurd name."""
        rows = self._rows[done : done + count]
        return [self._item(row, at) for at, row in enumerate(rows, start=done + 1)]

    def _item(self, row: SurveyRow, position: int) -> SurveyItem:
        noticed = self._noticed.get(position, [])
        if len(row.name) > MAX_NAME:
            raise BadInput(
                f"工作表“{row.sheet}”第{row.row}行的证明事项名称超过{MAX_NAME}字，请检查是否填错栏目。"
            )
        standing, banned = _standing(noticed)
        return SurveyItem(
            survey=self._survey,
            position=position,
            region=row.region[:100],
            place_id=self._places.code_of(row.region),
            name=row.name,
            basis=row.basis,
            department=row.department,
            purpose=row.purpose,
            necessity=row.necessity,
            source_sheet=row.sheet[:100],
            source_row=row.row,
            source_columns=list(row.columns),
            key=self._known.certificate(row.name)[:MAX_NAME],
            certificate_type_id=self._types.get(normalize(row.name)),
            asking_department_id=self._departments.named_in(row.department),
            standing=standing,
            banned_item_id=banned,
            has_basis=not any(one.field == "basis" and one.code in _NO_BASIS for one in noticed),
            findings=[
                {"code": one.code, "level": one.level, "field": one.field, "message": one.message}
                for one in noticed
            ],
        )


def _standing(noticed: Iterable[Noticed]) -> tuple[Standing, int | None]:
    for one in noticed:
        if one.code in _STANDINGS:
            doubtful = one.code == "banned_name" and one.level == "hint"
            return Standing.DOUBTFUL if doubtful else _STANDINGS[one.code], one.banned_key
    return Standing.FREE, None


class Places:
    """Section names (市本级、荔浦市、城关镇 …) → divisions at or below the table's own."""

    def __init__(self, own: Division) -> None:
        self._own = own
        below = Division.objects.within(own.pk).filter(closed_on=None).exclude(level="village")
        self._codes = {name: code for code, name in below.values_list("code", "name")}
        self._known: dict[str, str] = {}
        self.remarks: list[str] = []

    def code_of(self, region: str) -> str:
        """The code of the division a section is named after; the table's own when there is none."""
        if region not in self._known:
            self._known[region] = self._find(region)
        return self._known[region]

    def _find(self, region: str) -> str:
        if not region or region.endswith("本级"):
            return self._own.pk
        for name in (region, region.removeprefix(self._own.name)):
            if name in self._codes:
                return self._codes[name]
        self.remarks.append(
            f"“{region}”在{self._own.name}的行政区划中查不到，其中的事项计入{self._own.name}。"
        )
        return self._own.pk


class Departments:
    """What a cell says of the body that uses a certificate → the department, where one is known."""

    def __init__(self) -> None:
        names: Mapping[str, int] = {
            **dict(DepartmentAlias.objects.values_list("name", "department")),
            **dict(Department.objects.values_list("short_name", "pk")),
            **dict(Department.objects.values_list("name", "pk")),
        }
        self._names = sorted(names.items(), key=lambda pair: -len(pair[0]))
        self._known: dict[str, int | None] = {}

    def named_in(self, text: str) -> int | None:
        """The id of the department whose longest name stands in ``text``, or None."""
        if text not in self._known:
            self._known[text] = next((pk for name, pk in self._names if name in text), None)
        return self._known[text]
