"""Long work, done by the task worker (``manage.py run_worker``) instead of a waiting request."""

from django_tasks import task

from catalogs import surveying
from catalogs.models import Survey
from catalogs.models.surveys import BEING_READ


@task()
def read_survey(survey_id: int) -> None:
    """Read a table; when another worker holds it, look again after that one's claim has run out."""
    busy_until = surveying.read_survey(survey_id)
    if busy_until:
        read_survey.using(run_after=busy_until).enqueue(survey_id)


def start_reading(survey: Survey) -> None:
    """Read a small table at once, hand a large one to the worker."""
    if surveying.is_large(survey):
        read_survey.enqueue(survey.pk)
    else:
        surveying.read_survey(survey.pk)


def resume() -> int:
    """Take up what a worker that was stopped left half read; returns how many tables.

    One that another worker is reading is not disturbed: ``read_survey`` sees its claim.
    """
    unfinished = Survey.objects.filter(status__in=BEING_READ).values_list("pk", flat=True)
    for survey_id in unfinished:
        read_survey.enqueue(survey_id)
    return len(unfinished)
