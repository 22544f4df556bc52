"""Tell people what happened, in the portal and by e-mail where they left an address."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department, User
from accounts.roles import Role
from catalogs.models import Notice, Round, Submission
from divisions.models import Division

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Message:
    """What to tell whom; ``key`` is what it is about, said once to each person."""

    people: Sequence[User]
    kind: str
    text: str
    url: str
    key: str


def tell(people: Iterable[User], kind: str, text: str, url: str, key: str) -> int:
    """Leave a message for each person, once for each ``key``; returns how many were new.

    Where e-mail is configured it goes to those with an address once the change is committed.
    """
    return tell_all([Message(list(people), kind, text, url, key)])


def tell_all(messages: Sequence[Message]) -> int:
    """Leave many messages as ``tell`` does, with as many queries as for one; some hundreds at a time."""
    said = set(
        Notice.objects.filter(
            recipient__in={person for one in messages for person in one.people},
            key__in={one.key for one in messages},
        ).values_list("recipient_id", "key")
    )
    fresh = [(person, one) for one in messages for person in one.people if (person.pk, one.key) not in said]
    Notice.objects.bulk_create(
        [
            Notice(recipient=person, kind=one.kind, text=one.text[:300], url=one.url, key=one.key)
            for person, one in fresh
        ],
        ignore_conflicts=True,
    )
    mails = [(person.email, one) for person, one in fresh if person.email]
    if settings.EMAIL_HOST and mails:
        transaction.on_commit(lambda: _mail(mails), robust=True)
    return len(fresh)


def _mail(mails: Iterable[tuple[str, Message]]) -> None:
    """Send each; one that fails is logged without its address and keeps none of the others back."""
    for address, one in mails:
        link = f"\n\n办理：{settings.PORTAL_URL}{one.url}" if settings.PORTAL_URL else ""
        try:
            send_mail(f"【证明事项清单】{one.text[:60]}", one.text + link, None, [address])
        except (OSError, SMTPException) as problem:
            log.warning("mail about %s not sent: %s", one.key, type(problem).__name__)


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


def officers_over(county: str, city: str) -> Any:
    """The officers of a village's county and city, by the codes."""
    roles = [Role.COUNTY_OFFICER, Role.CITY_OFFICER]
    return User.objects.filter(role__in=roles, division__in=[county, city], is_active=True)


def village_people(village: str) -> Any:
    """Those who work at the window of a village."""
    return User.objects.filter(role=Role.VILLAGE_STAFF, division=village, is_active=True)


def guide_writers(department: Department, division: Division) -> Any:
    """Those who write guides for a department in a place: its own officers there, and the region's."""
    return User.objects.filter(
        role=Role.DEPARTMENT_OFFICER,
        department=department,
        is_active=True,
        division__code__in={division.code, division.code[:2]},
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
