"""One size of the scale bench: fill the tables up to it, time the lists, print JSON."""

import json
import os
import random
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "catalog_portal.settings")

import django

django.setup()

from django.contrib.admin import AdminSite, ModelAdmin, site
from django.db import connection
from django.db.models import Max
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User
from bench import scale_rows
from divisions.models import Division
from requests_app.figures import Grain, totals
from requests_app.models import CertificateRequest, Figure, IssuedCertificate, Refusal
from requests_app.oversight import LONGEST_FIRST, late_by_place, late_requests
from requests_app.paging import page_of

CALLS, ADMIN_CALLS = 300, 5
ADMIN_ENOUGH = 60_000  # milliseconds; a peer that takes so long is not asked again
YEARS = 3
FULL_AT_100_000 = 50  # so many villages have a whole page of requests at the smallest size
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
    """Rows up to ``size``: villages by weight, in the order of time over three years."""
    have = CertificateRequest.objects.aggregate(Max("pk"))["pk__max"] or 0
    if have >= size:
        return
    pattern = IssuedCertificate.objects.order_by("pk").select_related("request").first()
    assert pattern is not None  # noqa: S101 - the demo has issued one
    villages = _villages_by_size()
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
    with connection.cursor() as cursor, _indexes_built_afterwards(cursor):
        cursor.execute("CREATE TEMPORARY TABLE place (n_place integer PRIMARY KEY, code varchar(12))")
        for at in range(0, len(villages), 400):
            part = list(enumerate(villages[at : at + 400], start=at))
            marks = ", ".join(["(%s, %s)"] * len(part))
            cursor.execute(f"INSERT INTO place VALUES {marks}", [v for pair in part for v in pair])
        for statement in scale_rows.statements(postgres=POSTGRES):
            cursor.execute(statement.format(**about))
        for statement in scale_rows.figures(postgres=POSTGRES):
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if POSTGRES else "ANALYZE")
    counties = CertificateRequest.objects.values("county_code").distinct().count()
    if counties < Division.objects.filter(level="county").count() / 2:
        raise SystemExit(f"The rows lie in {counties} counties: the lists would be measured without rows.")


def _villages_by_size() -> list[str]:
    """Codes of all villages; those with the most requests come first."""
    villages = list(Division.objects.filter(level="village").order_by("code").values_list("code", flat=True))
    random.Random(46).shuffle(villages)  # noqa: S311 - which of them are large
    return villages


@contextmanager
def _indexes_built_afterwards(cursor: Any) -> Iterator[None]:
    """Ten million rows go into tables without indexes, which are then built from sorted rows."""
    if POSTGRES:  # the rows refer to what is there; ten million checks of it would say so, slowly
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute("SET work_mem = '512MB'")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) "
            "AND indexdef NOT LIKE 'CREATE UNIQUE%%'",
            [list(scale_rows.TABLES)],
        )
    else:
        marks = ", ".join(["%s"] * len(scale_rows.TABLES))
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE INDEX%%' "
            f"AND tbl_name IN ({marks})",
            list(scale_rows.TABLES),
        )
    indexes = cursor.fetchall()
    for name, _ in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    try:
        yield
    finally:  # a table left without them would be measured all the same
        for _, definition in indexes:
            cursor.execute(definition)


def _times() -> dict[str, tuple[float, float]]:
    requests = CertificateRequest.objects.as_lines()
    places = {
        level: list(Division.objects.filter(level=level))
        for level in ("village", "county", "city", "province")
    }
    places["large village"] = list(Division.objects.filter(code__in=_villages_by_size()[:FULL_AT_100_000]))
    today = timezone.localdate()
    papers = IssuedCertificate.objects.select_related("village")
    refusals = Refusal.objects.select_related("village")
    serials = _serials()
    months = sorted(Figure.objects.values_list("month", flat=True).distinct())[1:]
    address: Any = RequestFactory().get("/")
    address.user = User.objects.get(username="admin")

    def newest(level: str) -> Callable[[], Any]:
        return lambda: page_of(requests.within(PICK.choice(places[level]).code), address).rows

    def none_promised() -> Any:
        return page_of(requests.within("45").filter(status="promised"), address).rows

    portals: Any = site.get_model_admin(CertificateRequest)

    def newest_in_the_admin() -> Any:
        return portals.get_changelist_instance(address).result_list

    def late(level: str) -> Callable[[], Any]:
        related = ("village", "edition_item", "certificate_type")

        def ask() -> Any:
            rows = late_requests(PICK.choice(places[level]), today).select_related(*related)
            return page_of(rows, address, order=LONGEST_FIRST).rows

        return ask

    def month_of(level: str) -> Callable[[], Any]:
        def ask() -> Any:
            month, code = PICK.choice(months), PICK.choice(places[level]).code
            return totals([code], Grain.TOTAL, month, month, ["outcome"])

        return ask

    works: dict[str, Callable[[], Any]] = {
        "newest of a village, a full page": newest("large village"),
        "newest of any village": newest("village"),
        "newest of a county": newest("county"),
        "newest of a city": newest("city"),
        "newest of the region": newest("province"),
        "newest promised of the region, of whom there are none": none_promised,
        "newest certificates of the region": lambda: page_of(papers.within("45"), address).rows,
        "newest refusals of the region": lambda: page_of(refusals.within("45"), address).rows,
        "newest of the region, the portal's admin": newest_in_the_admin,
        "late of a county": late("county"),
        "late of the region": late("province"),
        "late of the region, counted by city": lambda: late_by_place(places["province"][0], today),
        "search by number": lambda: IssuedCertificate.objects.filter(serial=PICK.choice(serials)).first(),
        "a month of a county": month_of("county"),
        "a month of a city": month_of("city"),
        "a month of the region": month_of("province"),
    }
    return {what: _percentiles(work) for what, work in works.items()}


def _serials() -> list[str]:
    """Numbers from all over the table, not only its first pages."""
    last = IssuedCertificate.objects.aggregate(Max("pk"))["pk__max"]
    keys = [PICK.randrange(1, last + 1) for _ in range(CALLS)]
    return list(IssuedCertificate.objects.filter(pk__in=keys).values_list("serial", flat=True))


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
    """What Django gives without thought: pages by OFFSET, a place by the prefix of its villages' codes.

    With ``scoped`` the rows are cut down in the queryset, so that only the place is counted; without
    it they are filtered by the address, and Django counts the whole table beside them.
    """

    list_display = ["__str__", "status", "created_at"]
    list_select_related = ["village", "edition_item", "certificate_type"]
    prefix, scoped = "", False

    def get_queryset(self, request: Any) -> Any:
        rows = super().get_queryset(request)
        return rows.filter(village__code__startswith=self.prefix) if self.scoped else rows

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        return True


def _admin() -> dict[str, tuple[float, float]]:
    """Milliseconds of a list filtered by the address, and of one scoped in the queryset."""
    admin: Any = DefaultAdmin(CertificateRequest, AdminSite())
    user = User.objects.get(username="admin")

    def median(codes: list[str], *, scoped: bool) -> float:
        taken: list[float] = []
        while len(taken) < ADMIN_CALLS and sum(taken) < ADMIN_ENOUGH:
            admin.scoped, admin.prefix = scoped, PICK.choice(codes)
            request: Any = RequestFactory().get(
                "/", {} if scoped else {"village__code__startswith": admin.prefix}
            )
            request.user = user
            start = perf_counter()
            list(admin.get_changelist_instance(request).result_list)
            taken.append((perf_counter() - start) * 1000)
        return statistics.median(taken)

    found = {}
    for what, level in (
        ("any village", "village"),
        ("a county", "county"),
        ("a city", "city"),
        ("the region", "province"),
    ):
        codes = list(Division.objects.filter(level=level).values_list("code", flat=True))
        found[f"newest of {what}"] = (median(codes, scoped=False), median(codes, scoped=True))
    return found


if __name__ == "__main__":
    main()
