"""Guides (办事指南): which one holds, and how its form is filled (二(三))."""

import datetime as dt
import re
from collections.abc import Mapping

from catalogs.models import ServiceGuide
from divisions.models import Division

BLANK = "______"
_FIELD = re.compile(r"[{｛]([^{}｛｝]+)[}｝]")


def guide_for(certificate_type_id: int, village: Division, on: dt.date) -> ServiceGuide | None:
    """The guide to a certificate in a village on a day: its city's variation, else the region's."""
    places = [village.code[:4], village.code[:2]]
    guides = ServiceGuide.objects.in_force(on).filter(
        certificate_type=certificate_type_id, division__in=places
    )
    return max(guides, key=lambda guide: len(guide.division_id), default=None)


def render(template: str, values: Mapping[str, str]) -> str:
    """The template with its fields filled; what is missing is left as a blank to write on."""
    return _FIELD.sub(lambda found: values.get(found[1].strip(), "").strip() or BLANK, template)
