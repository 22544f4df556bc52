"""Whose duty a guide is: what the lists in force keep, who asks for it, and what is still owed.

二(三): the department that asks for a certificate writes the guide to it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import Department
from catalogs.errors import BadInput, NotAllowed
from catalogs.matching import PublicBodies
from catalogs.models import CertificateType, EditionItem, ServiceGuide
from catalogs.models.editions import Edition
from catalogs.noticing import public_bodies
from divisions.models import Division


@dataclass(slots=True)
class Debt:
    """A kept certificate without a guide: where it is kept, and which departments ask for it."""

    certificate_type: CertificateType
    cities: list[Division] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    departments: list[Department] = field(default_factory=list)


def kept(on: dt.date, within: str) -> EditionItem.EditionItemQuerySet:
    """The rows of the lists in force on a day, in a place by its code and all below it."""
    items: EditionItem.EditionItemQuerySet = EditionItem.objects.within(within)
    return items.filter(edition__in=Edition.objects.in_force(on))


def debts(on: dt.date, within: str = "") -> list[Debt]:
    """The certificates on the lists in force that no published guide covers (应编未编), by name.

    The departments that owe one are found among the units that ask for it; where none of these is
    on record, any department may write it.
    """
    covered = defaultdict(set)
    for kind, place in ServiceGuide.objects.in_force(on).values_list("certificate_type", "division"):
        covered[kind].add(place)
    found: dict[int, Debt] = {}
    items = kept(on, within).select_related("edition__city", "certificate_type")
    for item in items.order_by("edition__city"):
        city = item.edition.city
        if {city.code, city.code[:2]} & covered[item.certificate_type_id]:
            continue
        debt = found.setdefault(item.certificate_type_id, Debt(item.certificate_type))
        if city not in debt.cities:
            debt.cities.append(city)
        if item.requesting_unit not in debt.units:
            debt.units.append(item.requesting_unit)
    bodies, departments = public_bodies(), list(Department.objects.all())
    for debt in found.values():
        debt.departments = _asking(debt.units, bodies, departments)
    return sorted(found.values(), key=lambda debt: debt.certificate_type.name)


def require_duty(
    department: Department, certificate_type: CertificateType, division: Division, on: dt.date
) -> None:
    """Raise unless the certificate is kept in the place, and ``department`` is one that asks for it."""
    rows = kept(on, division.code).filter(certificate_type=certificate_type)
    units = rows.order_by().values_list("requesting_unit", flat=True).distinct()
    if not units:
        raise BadInput(
            f"{division.name}施行中的保留清单没有“{certificate_type.name}”，不编写办事指南。"
            "确需保留的，请先提出准入建议，清单公布施行后再起草。"
        )
    asking = _asking(units, public_bodies(), Department.objects.all())
    if asking and department not in asking:
        names = "、".join(one.name for one in asking)
        raise NotAllowed(
            f"保留清单上索要“{certificate_type.name}”的是{names}，办事指南由索要部门编写。"
            "确应由本部门编写的，请与其商定，由其起草后报自治区移交。"
        )


def _asking(
    units: Iterable[str], bodies: PublicBodies, departments: Iterable[Department]
) -> list[Department]:
    """The departments that the cells of 证明索要单位 name, each cell read by itself."""
    names = {name for unit in units for name in bodies.bodies(unit)}
    return [one for one in departments if one.name in names]
