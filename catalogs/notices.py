"""Tell people what happened, in the portal and by e-mail where they left an address."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from catalogs.models import Notice, Round, Submission
from divisions.models import Division


def tell(people: Iterable[User], kind: str, text: str, url: str, key: str) -> int:
    """Leave a message for each person, once for each ``key``; returns how many were new.

    Where e-mail is configured it goes to those with an address once the change is committed.
    """
    receivers = list(people)
    said = set(Notice.objects.filter(recipient__in=receivers, key=key).values_list("recipient_id", flat=True))
    fresh = [person for person in receivers if person.pk not in said]
    Notice.objects.bulk_create(
        [Notice(recipient=person, kind=kind, text=text[:300], url=url, key=key) for person in fresh],
        ignore_conflicts=True,
    )
    addresses = [person.email for person in fresh if person.email]
    if settings.EMAIL_HOST and addresses:
        transaction.on_commit(lambda: _mail(addresses, text, url), robust=True)
    return len(fresh)


def _mail(addresses: Iterable[str], text: str, url: str) -> None:
    link = f"\n\n办理：{settings.PORTAL_URL}{url}" if settings.PORTAL_URL else ""
    for address in addresses:
        send_mail(f"【证明事项清单】{text[:60]}", text + link, None, [address])


def city_people(city: Division) -> Any:
    """Those who file for a city."""
    return User.objects.filter(role=Role.CITY_OFFICER, division=city, is_active=True)


def reviewers_of(division: Division) -> Any:
    """The reviewers whose scope holds a division."""
    return User.objects.filter(
        role__in=[Role.PROVINCE_REVIEWER, Role.PROVINCE_ADMIN],
        is_active=True,
        division__code=division.code[:2],
    )


def tell_city(submission: Submission, kind: str, text: str, key: str) -> None:
    """Tell those who file for the city of a list."""
    url = reverse("submission", args=[submission.pk])
    tell(city_people(submission.city), kind, text, url, key)


def tell_reviewers(submission: Submission, kind: str, text: str, key: str) -> None:
    """Tell the reviewers in whose scope the city lies."""
    url = reverse("admin:catalogs_submission_change", args=[submission.pk])
    tell(reviewers_of(submission.city), kind, text, url, key)


def tell_department(submission: Submission, department_id: int, kind: str, text: str, key: str) -> None:
    """Tell the joint reviewers of a department."""
    people = User.objects.filter(
        role=Role.JOINT_REVIEWER,
        department=department_id,
        is_active=True,
        division__code=submission.city_id[:2],
    )
    tell(people, kind, text, reverse("opinions", args=[submission.pk]), key)


def read_all(user: Any) -> None:
    """Mark a person's messages as read."""
    Notice.objects.filter(recipient=user, read_at=None).update(read_at=timezone.now())


def remind_of_round(round: Round, cities: Iterable[Division], days_left: int) -> int:
    """Remind the cities that have not filed in a round; returns how many messages were left."""
    left = f"还剩 {days_left} 天" if days_left >= 0 else f"已逾期 {-days_left} 天"
    kind = Notice.Kind.DUE_SOON if days_left >= 0 else Notice.Kind.LATE
    url = reverse("round", args=[round.pk])
    return sum(
        tell(
            city_people(city),
            kind,
            f"{round.name}：清单尚未报送，{left}",
            url,
            f"due-{round.pk}-{max(days_left, -1)}",
        )
        for city in cities
    )
