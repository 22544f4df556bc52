"""One size of the scale bench: fill the tables up to it, time the lists, print JSON."""

import json
import os
import random
import statistics
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "catalog_portal.settings")

import django

django.setup()

from django.contrib.admin import AdminSite, ModelAdmin
from django.db import connection
from django.db.models import Max
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User
from divisions.models import Division
from requests_app.figures import Grain, totals
from requests_app.models import CertificateRequest, Figure, IssuedCertificate
from requests_app.paging import page_of

CALLS, ADMIN_CALLS = 300, 5
YEARS = 3
PICK = random.Random(45)  # noqa: S311 - which places are asked for
POSTGRES = connection.vendor == "postgresql"


def main() -> None:
    size = int(sys.argv[1])
    start = perf_counter()
    _fill(size)
    seconds = perf_counter() - start
    found = {"size": size, "seconds": seconds, "times": _times(), "admin": _admin()}
    print(json.dumps(found))  # noqa: T201


def _fill(size: int) -> None:
    """Rows up to ``size``: villages by weight, days over three years, one in two issued."""
    have = CertificateRequest.objects.aggregate(Max("pk"))["pk__max"] or 0
    pattern = IssuedCertificate.objects.order_by("pk").select_related("request").first()
    assert pattern is not None  # noqa: S101 - the demo has issued one
    villages = list(Division.objects.filter(level="village").values_list("code", flat=True))
    with connection.cursor() as cursor:
        if POSTGRES:  # the rows refer to what is there; ten million checks of it would say so, slowly
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("SET synchronous_commit = off")
        cursor.execute("CREATE TEMPORARY TABLE place (n integer PRIMARY KEY, code varchar(12))")
        for at in range(0, len(villages), 400):
            part = list(enumerate(villages[at : at + 400], start=at))
            marks = ", ".join(["(%s, %s)"] * len(part))
            cursor.execute(f"INSERT INTO place VALUES {marks}", [v for pair in part for v in pair])
        about = {
            "have": have,
            "more": size - have,
            "places": len(villages),
            "kind": pattern.certificate_type_id,
            "item": pattern.edition_item_id,
            "edition": pattern.edition_id,
            "user": pattern.issued_by_id,
            "now": timezone.now().strftime("%Y-%m-%d %H:%M:%S"),
            "seconds": YEARS * 365 * 86400,
        }
        for statement in _statements():
            cursor.execute(statement.format(**about))
    Figure.objects.all().delete()
    with connection.cursor() as cursor:
        for grain, key, kind, demander in (
            ("total", "''", "CAST(NULL AS bigint)", "''"),
            ("certificate", "CAST(certificate_type_id AS varchar)", "certificate_type_id", "''"),
            (
                "demander",
                "CAST(certificate_type_id AS varchar) || '/' || demander",
                "certificate_type_id",
                "demander",
            ),
        ):
            for length in (2, 4, 6, 9, 12):
                cursor.execute(_figures(length, grain, key, kind, demander))
        cursor.execute("ANALYZE")


def _statements() -> list[str]:
    """Insert the requests, then a certificate for every other one; names in braces are numbers."""
    if POSTGRES:
        drawn = (
            "SELECT n, random() AS a, random() AS b FROM generate_series({have} + 1, {have} + {more}) AS n"
        )
        moment = "TIMESTAMPTZ '{now}+00' - make_interval(secs => b * {seconds})"
        table = "'requests_app_certificaterequest'"
        after = f"SELECT setval(pg_get_serial_sequence({table}, 'id'), {{have}} + {{more}})"
    else:
        drawn = (
            "WITH RECURSIVE counted (n) AS (SELECT {have} + 1 UNION ALL SELECT n + 1 FROM counted "
            "WHERE n < {have} + {more}) SELECT n, (abs(random()) % 1000000) / 1000000.0 AS a, "
            "(abs(random()) % 1000000000) / 1000000000.0 AS b FROM counted"
        )
        moment = "strftime('%Y-%m-%d %H:%M:%f', '{now}', '-' || (b * {seconds}) || ' seconds')"
        after = "SELECT 1"
    requests = f"""
        INSERT INTO requests_app_certificaterequest (
            id, village_id, county_code, city_code, asked, matter, demander, verdict, evidence, status,
            created_by_id, created_at, closed_at, outcome_note, certificate_type_id, edition_item_id)
        SELECT
            timed.n, code, substr(code, 1, 6), substr(code, 1, 4), '农民身份证明', '办理登记',
            '单位' || (timed.n % 30), 'MAY_ISSUE', '{{{{}}}}',
            CASE WHEN timed.n % 2 = 0 THEN 'issued' ELSE 'withdrawn' END,
            {{user}}, at, at, '', {{kind}}, {{item}}
        FROM (SELECT n, a, {moment} AS at FROM ({drawn}) AS drawn) AS timed
        -- A square draws some villages far more often than others, as towns and hamlets are.
        JOIN place ON place.n = CAST(a * a * ({{places}} - 1) AS integer)
    """
    certificates = """
        INSERT INTO requests_app_issuedcertificate (
            village_id, county_code, city_code, year, number, serial, request_id, certificate_type_id, name,
            matter, demander, edition_id, edition_item_id, clause, holder, fact_method, head, issued_by_id,
            issued_at, revoke_reason)
        SELECT
            village_id, county_code, city_code, 2000, id, village_id || '-2000-' || id, id,
            certificate_type_id, '农民身份证明', matter, demander, {edition}, edition_item_id, '依据', '韦**',
            'papers', '负责人', created_by_id, created_at, ''
        FROM requests_app_certificaterequest WHERE id > {have} AND id % 2 = 0
    """
    return [requests, certificates, after]


def _figures(length: int, grain: str, key: str, kind: str, demander: str) -> str:
    month = "date_trunc('month', created_at)::date" if POSTGRES else "strftime('%Y-%m-01', created_at)"
    return (  # the names are this module's own
        "INSERT INTO requests_app_figure "
        "(scope, grain, month, outcome, key, certificate_type_id, demander, count, days) "
        f"SELECT substr(village_id, 1, {length}), '{grain}', {month}, status, {key}, {kind}, {demander}, "
        "count(*), 0 FROM requests_app_certificaterequest WHERE certificate_type_id IS NOT NULL "
        f"GROUP BY 1, 3, 4, 5, 6, 7"
    )


def _times() -> dict[str, tuple[float, float]]:
    requests = CertificateRequest.objects.select_related("village", "edition_item", "certificate_type")
    places = {
        level: list(Division.objects.filter(level=level).values_list("code", flat=True))
        for level in ("village", "county", "city")
    }
    serials = list(IssuedCertificate.objects.order_by("pk").values_list("serial", flat=True)[:CALLS])
    months = sorted(Figure.objects.values_list("month", flat=True).distinct())[1:]
    address = RequestFactory().get("/")

    def newest(level: str) -> Callable[[], Any]:
        return lambda: page_of(requests.within(PICK.choice(places[level])), address).rows

    def month_of(level: str) -> Callable[[], Any]:
        codes = places.get(level, ["45"])

        def ask() -> Any:
            month = PICK.choice(months)
            return totals([PICK.choice(codes)], Grain.TOTAL, month, month, ["outcome"])

        return ask

    works: dict[str, Callable[[], Any]] = {
        "newest of a village": newest("village"),
        "newest of a county": newest("county"),
        "newest of a city": newest("city"),
        "search by number": lambda: IssuedCertificate.objects.filter(serial=PICK.choice(serials)).first(),
        "a month of a county": month_of("county"),
        "a month of a city": month_of("city"),
        "a month of the region": month_of("region"),
    }
    return {what: _percentiles(work) for what, work in works.items()}


def _percentiles(work: Callable[[], Any]) -> tuple[float, float]:
    for _ in range(20):
        work()
    taken = []
    for _ in range(CALLS):
        start = perf_counter()
        work()
        taken.append((perf_counter() - start) * 1000)
    cuts = statistics.quantiles(taken, n=100)
    return statistics.median(taken), cuts[98]


class DefaultAdmin(ModelAdmin):
    """What Django gives without thought: everything counted, pages by OFFSET, scope by prefix."""

    list_display = ["__str__", "status", "created_at"]
    list_select_related = ["village", "edition_item", "certificate_type"]
    prefix = ""

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).filter(village__code__startswith=self.prefix)


def _admin() -> dict[str, float]:
    admin: Any = DefaultAdmin(CertificateRequest, AdminSite())
    request: Any = RequestFactory().get("/")
    request.user = User.objects.get(username="admin")
    found = {}
    for level in ("village", "county", "city"):
        codes = list(Division.objects.filter(level=level).values_list("code", flat=True))
        taken = []
        for _ in range(ADMIN_CALLS):
            admin.prefix = PICK.choice(codes)
            start = perf_counter()
            list(admin.get_changelist_instance(request).result_list)
            taken.append((perf_counter() - start) * 1000)
        found[f"newest of a {level}"] = statistics.median(taken)
    return found


if __name__ == "__main__":
    main()
