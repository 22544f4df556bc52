"""The rows that verbs lock, and in which order, so that no two of them wait for each other.

Report or proposal → round → city → lists by their ids → vocabulary. A verb may leave some out but
never goes back. Rounds and divisions are what other rows point at: they are locked without their
key, or every row stored for them elsewhere would wait, and could wait in the wrong order.
"""

from catalogs.models import Round, Submission
from divisions.models import Division, Level


def lock_round(round_id: int) -> Round:
    """The lock for the numbers that are counted within a round: its reports, its baseline."""
    return Round.objects.select_for_update(no_key=True).get(pk=round_id)


def lock_city(code: str) -> Division:
    """The lock for which lists a city has, and for its edition numbers and dates."""
    return Division.objects.select_for_update(no_key=True).get(pk=code)


def lock_city_of(submission_id: int) -> Division:
    """Lock the city of a list before the list itself; raises Submission.DoesNotExist."""
    return lock_city(Submission.objects.values_list("city_id", flat=True).get(pk=submission_id))


def lock_vocabulary() -> None:
    """The lock for adding names, which must be looked up first: the region's row, it is the last."""
    regions = Division.objects.select_for_update(no_key=True).filter(level=Level.PROVINCE)
    list(regions.order_by("pk"))
