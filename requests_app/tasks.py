"""Long work of the window, done by the task worker (``manage.py run_worker``)."""

from django_tasks import task

from accounts.models import User
from requests_app import deadlines


@task()
def follow_the_calendar(actor_id: int, reason: str) -> None:
    """Set the time limits of open requests anew after a day of the calendar was changed."""
    deadlines.follow_the_calendar(actor=User.objects.get(pk=actor_id), reason=reason)
