"""A stored number under its format, as a person sees it."""

import pytest

from catalogs.official_forms.xlsx_numbers import shown_iso_date, shown_number


@pytest.mark.parametrize(
    ("raw", "code", "shown"),
    [
        ("1", "General", "1"),
        ("1.0", "General", "1"),
        ("-3", "General", "-3"),
        ("0.30000000000000004", "General", "0.3"),
        ("7715500012", "General", "7715500012"),
        ("450102199001011234", "@", "450102199001011234"),
        ("1E+20", "General", "100000000000000000000"),
        ("1.5", "0", "2"),
        ("3", "0.00", "3.00"),
        ("1234567.5", "#,##0.00", "1,234,567.50"),
        ("7", "000", "007"),
        ("0.25", "0%", "25%"),
        ("0.256", "0.0%", "25.6%"),
        ("3", '"第"0"号"', "第3号"),
        ("3", "0_ ", "3"),
        ("44119", "yyyy-mm-dd", "2020年10月15日"),
        ("44119", "m/d/yy", "2020年10月15日"),
        ("44119", 'yyyy"年"m"月"d"日"', "2020年10月15日"),
        ("44119", '[$-804]yyyy"年"m"月"', "2020年10月"),
        ("44119.5", "yyyy-mm-dd hh:mm", "2020年10月15日 12:00"),
        ("44119.5", "yyyy-mm-dd", "2020年10月15日"),
        ("0.375", "h:mm", "09:00"),
        ("1.25", "[h]:mm", "30:00"),
        ("-1", "yyyy-mm-dd", "-1"),
        ("99999999999", "yyyy-mm-dd", "99999999999"),
        ("INF", "General", "INF"),
    ],
)
def test_it_shows_a_number(raw: str, code: str, shown: str) -> None:
    assert shown_number(raw, code) == shown


def test_it_knows_the_1904_calendar() -> None:
    assert shown_number("42657", "yyyy-mm-dd", is_1904=True) == "2020年10月15日"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [("2020-10-15", "2020年10月15日"), ("2020-10-15T08:00:00Z", "2020年10月15日"), ("x", "x")],
)
def test_it_shows_an_iso_date(raw: str, shown: str) -> None:
    assert shown_iso_date(raw) == shown
