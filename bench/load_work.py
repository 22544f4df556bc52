"""Before and after ``bench.load``: sessions for the staff of some villages; what the database holds."""

import json
import sys
from collections import Counter
from pathlib import Path

import django

django.setup()

from django.test import Client

from accounts.models import User
from accounts.roles import Role
from catalog_portal.management.commands.load_demo import PASSWORD
from divisions.models import Division
from requests_app.models import Counter as LastNumber
from requests_app.models import IssuedCertificate
from requests_app.recounting import differences


def prepare(count: int) -> list[str]:
    """Sessions of ``count`` members of staff, spread over the villages of the demo's city."""
    villages = list(Division.objects.filter(level="village", code__startswith="4501").order_by("code"))
    sessions = []
    for number in range(count):
        user = User(
            username=f"load{number}",
            full_name=f"工作人员{number}",
            role=Role.VILLAGE_STAFF,
            division=villages[number % min(len(villages), 4)],
            is_demo=True,
            must_change_password=False,
        )
        user.set_password(PASSWORD)
        user.save()
        client = Client()
        client.force_login(user, backend="accounts.backends.RoleBackend")
        sessions.append(client.cookies["sessionid"].value)
    return sessions


def compare(told: list[str]) -> dict[str, int]:
    """What is wrong: certificates lost or unknown, numbers doubled or left out, figures that differ."""
    rows = list(IssuedCertificate.objects.values_list("village", "year", "number", "serial"))
    stored = {serial for *_, serial in rows}
    numbers: dict[tuple[str, int], list[int]] = {}
    for village, year, number, _ in rows:
        numbers.setdefault((village, year), []).append(number)
    lasts = LastNumber.objects.filter(series="certificate").values_list("village", "year", "last")
    return {
        "lost": len(set(told) - stored),
        "told twice": sum(count - 1 for count in Counter(told).values()),
        "gaps": sum(sorted(found) != list(range(1, len(found) + 1)) for found in numbers.values()),
        "counters off": sum(max(numbers[village, year]) != last for village, year, last in lasts),
        "figures off": len(differences()),
    }


if __name__ == "__main__":
    if sys.argv[1] == "prepare":
        print(json.dumps(prepare(int(sys.argv[2]))))
    else:
        print(json.dumps(compare(json.loads(Path(sys.argv[2]).read_text()))))
