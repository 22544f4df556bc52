"""What a repealed law and a new banned batch touch in the lists in force (三(二)、附件1)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit.records import SYSTEM, create_recorded, save_recorded
from catalogs.authority import require
from catalogs.errors import BadInput, WrongState
from catalogs.findings import SURE_NAME
from catalogs.lookup import names_of_list
from catalogs.matching import Banned
from catalogs.models import BannedList, Edition, EditionItem, Law, Notice, RepealTask
from catalogs.notices import city_people, reviewers_of, tell
from catalogs.noticing import law_register
from divisions.models import Division


def open_tasks(on: dt.date) -> int:
    """Open a task for every row in force that cites a law repealed by ``on``; returns how many.

    Done after laws change and every day; a row is never opened twice for the same law. A basis
    that also cites a version in force is left alone: the register finds the version that holds.
    """
    repealed = {law.pk: law for law in Law.objects.filter(repealed_on__lte=on)}
    register = law_register()
    known = set(RepealTask.objects.values_list("law_id", "edition_item_id"))
    items = _in_force(on)
    fresh = []
    for item in items:
        for citation in register.citations(item.legal_basis):
            found = register.find(citation, on)
            if found is None or found.key not in repealed or (found.key, item.pk) in known:
                continue
            known.add((found.key, item.pk))
            fresh.append(RepealTask(law=repealed[found.key], edition_item=item, opened_at=timezone.now()))
    with transaction.atomic():
        create_recorded(RepealTask, fresh, actor=SYSTEM, reason="依据已废止")
        _tell(fresh, on)
    return len(fresh)


def _in_force(on: dt.date) -> Any:
    kept = EditionItem.objects.filter(edition__in=Edition.objects.in_force(on))
    return kept.select_related("edition__city")


def _tell(tasks: Iterable[RepealTask], on: dt.date) -> None:
    by_city: dict[Division, int] = {}
    for task in tasks:
        city = task.edition_item.edition.city
        by_city[city] = by_city.get(city, 0) + 1
    for city, count in by_city.items():
        people = [*city_people(city), *reviewers_of(city)]
        text = f"{city.name}有 {count} 个保留事项的依据已废止，请处理"
        tell(people, Notice.Kind.TASK, text, reverse("repeal_tasks"), f"repeal-{city.pk}-{on}")


def close_task(*, actor: Any, task_id: int, outcome: str) -> RepealTask:
    """Note what was done about a row whose basis was repealed (a proposal, or why it may stay)."""
    if not outcome.strip():
        raise BadInput("请填写处理情况，例如：已提出退出建议；或：现行某某条例第几条仍有规定。")
    with transaction.atomic():
        tasks = RepealTask.objects.select_for_update(of=("self",)).select_related(
            "edition_item__edition__city"
        )
        task = tasks.get(pk=task_id)
        require(actor, "catalogs.view_repealtask", task.edition_item.edition.city)
        if task.closed_at is not None:
            raise WrongState("这一事项已经处理。")
        task.closed_by, task.closed_at, task.outcome = actor, timezone.now(), outcome.strip()
        save_recorded(task, actor=actor, reason="处理依据废止事项")
        return task


@dataclass(frozen=True, slots=True)
class Hit:
    """A kept row that a banned item names, and how surely (0–1)."""

    item: EditionItem
    banned: Banned
    score: float


def rows_hit(banned_list: BannedList, on: dt.date) -> list[Hit]:
    """The rows kept on ``on`` that a batch of banned items names, be it in force or still to come."""
    index = names_of_list(banned_list)
    items = _in_force(on)
    hits = []
    for item in items.order_by("edition__city", "position"):
        found = next(iter(index.find_name(item.name)), None)
        if found is not None and found.score >= SURE_NAME and isinstance(found.key, Banned):
            hits.append(Hit(item, found.key, found.score))
    return hits
