"""The rows of the scale bench, as SQL for either database."""
# ruff: noqa: S608 - nothing but this module's own names goes into the statements

from collections.abc import Iterator

REQUEST = "requests_app_certificaterequest"
TABLES = (REQUEST, "requests_app_issuedcertificate", "requests_app_refusal")
_LEVELS = (2, 4, 6, 9, 12)
_GRAINS = {
    # grain: (key, certificate, demander)
    "total": ("''", "CAST(NULL AS bigint)", "''"),
    "certificate": ("CAST(kind AS varchar)", "kind", "''"),
    "demander": ("CAST(kind AS varchar) || '/' || demander", "kind", "demander"),
}


def statements(*, postgres: bool) -> list[str]:
    """Insert requests, the papers of those that were closed, then set the keys; braces are filled in.

    Times follow the keys, as they do where rows are written day by day. Of the last eight days two
    in five are open, with three days to be dealt with.
    """
    if postgres:
        counted = "SELECT n FROM generate_series({have}::bigint + 1, {have} + {more}) AS n"
        moment = (
            "TIMESTAMPTZ '{now}+00' - make_interval(secs => "
            "({have} + {more} - n) * ({seconds}::float8 / {more}))"
        )
        recent = "at > TIMESTAMPTZ '{now}+00' - interval '8 days'"
        due = "CAST(at AS date) + 3"
        keys = [
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            for table in TABLES
        ]
    else:
        counted = (
            "WITH RECURSIVE counted (n) AS (SELECT {have} + 1 UNION ALL SELECT n + 1 FROM counted "
            "WHERE n < {have} + {more}) SELECT n FROM counted"
        )
        moment = (
            "strftime('%Y-%m-%d %H:%M:%f', '{now}', '-' || "
            "(({have} + {more} - n) * ({seconds} * 1.0 / {more})) || ' seconds')"
        )
        recent = "at > strftime('%Y-%m-%d %H:%M:%f', '{now}', '-8 days')"
        due = "date(at, '+3 days')"
        keys = []
    return [_requests(counted, moment, recent, due), _certificates(), _refusals(), *keys]


def _requests(counted: str, moment: str, recent: str, due: str) -> str:
    return f"""
        INSERT INTO {REQUEST} (
            id, village_id, county_code, city_code, asked, matter, demander, verdict, evidence, status,
            due_on, created_by_id, created_at, closed_at, outcome_note, certificate_type_id, edition_item_id,
            once)
        SELECT
            n, code, substr(code, 1, 6), substr(code, 1, 4), '农民身份证明', '办理登记',
            '单位' || (n % 30), 'MAY_ISSUE', '{{{{}}}}', status,
            {due}, {{user}}, at, CASE WHEN status = 'open' THEN NULL ELSE at END, '', {{kind}}, {{item}},
            ''
        FROM (
            SELECT n, code, at,
                CASE WHEN {recent} AND n % 5 < 2 THEN 'open' WHEN n % 2 = 0 THEN 'issued'
                    WHEN n % 10 = 3 THEN 'refused' ELSE 'withdrawn' END AS status
            FROM (SELECT n, (n * 618033 % 1000003) / 1000003.0 AS a, {moment} AS at
                FROM ({counted}) AS counted) AS timed
            -- Drawn without random(), which SQLite asks once for all rows of a join. A square draws
            -- some villages far more often than others, as towns and hamlets are.
            JOIN place ON place.n_place = CAST(a * a * ({{places}} - 1) AS integer)
        ) AS made
    """


def _certificates() -> str:
    return f"""
        INSERT INTO requests_app_issuedcertificate (
            village_id, county_code, city_code, year, number, serial, request_id, certificate_type_id, name,
            matter, demander, edition_id, edition_item_id, clause, holder, fact_method, head, place,
            handled_by, issued_by_id, issued_at, revoke_reason)
        SELECT
            village_id, county_code, city_code, 2000, id, village_id || '-2000-' || id, id,
            certificate_type_id, '农民身份证明', matter, demander, {{edition}}, edition_item_id, '依据',
            '韦**', 'papers', '负责人', '村委会', '经办人', created_by_id, created_at, ''
        FROM {REQUEST} WHERE id > {{have}} AND status = 'issued' ORDER BY id
    """


def _refusals() -> str:
    return f"""
        INSERT INTO requests_app_refusal (
            village_id, county_code, city_code, year, number, serial, request_id, reason, text, clause,
            way_out, steps, bring, duty, refused_by_id, refused_at)
        SELECT
            village_id, county_code, city_code, 2000, id, village_id || '-2000-' || id, id, 'not_true',
            '不属实', '依据', '', '[]', '[]', '', created_by_id, created_at
        FROM {REQUEST} WHERE id > {{have}} AND status = 'refused' ORDER BY id
    """


def figures(*, postgres: bool) -> Iterator[str]:
    """Count everything anew into the monthly figures of every level."""
    month = (
        "CAST(date_trunc('month', created_at) AS date)" if postgres else "strftime('%Y-%m-01', created_at)"
    )
    yield "DELETE FROM requests_app_figure"
    if postgres:
        yield "ALTER TABLE requests_app_figure DROP CONSTRAINT figure_unique"
    yield (
        f"CREATE TEMPORARY TABLE counted AS SELECT village_id AS village, {month} AS month, "
        "CASE status WHEN 'open' THEN 'asked' WHEN 'refused' THEN 'not_true' ELSE status END AS outcome, "
        f"certificate_type_id AS kind, demander, count(*) AS many FROM {REQUEST} "
        "WHERE certificate_type_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5"
    )
    for grain, (key, kind, demander) in _GRAINS.items():
        for length in _LEVELS:
            yield (
                "INSERT INTO requests_app_figure "
                "(scope, grain, month, outcome, key, certificate_type_id, demander, count, days) "
                f"SELECT substr(village, 1, {length}), '{grain}', month, outcome, {key}, {kind}, {demander}, "
                "sum(many), 0 FROM counted GROUP BY 1, 3, 4, 5, 6, 7 ORDER BY 1, 3, 4, 5"
            )
    if postgres:
        yield (
            "ALTER TABLE requests_app_figure ADD CONSTRAINT figure_unique "
            "UNIQUE (scope, grain, month, outcome, key)"
        )
