"""Opening an account in the admin."""

from django.urls import reverse

from accounts.models import User
from tests.cast import PASSWORD
from tests.test_refusals import signed_in


def test_an_administrator_opens_an_account_and_says_why(people: dict[str, User]) -> None:
    client = signed_in(people["province_admin"])
    url = reverse("admin:accounts_user_add")
    assert "you&#x27;ve" not in client.get(url).content.decode()
    form = {
        "username": "new_clerk",
        "full_name": "新经办人",
        "role": "city_officer",
        "division": "450102",
        "department": "",
        "password1": PASSWORD,
        "password2": PASSWORD,
        "change_reason": "岗位调整",
    }
    assert "应为设区市一级" in client.post(url, form).content.decode()
    assert client.post(url, {**form, "division": "4503"}).status_code == 302
    user = User.objects.get(username="new_clerk")
    assert user.must_change_password
    assert user.check_password(PASSWORD)
    record = user.history.latest()
    assert (record.history_user, record.history_change_reason) == (people["province_admin"], "岗位调整")
