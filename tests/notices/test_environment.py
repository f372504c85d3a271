"""What the environment may say of mail."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from alignment_dash.notices.mailing.environment import set_up

WHOLE = {
    "EMAIL_HOST": "mail.district.example",
    "DEFAULT_FROM_EMAIL": "Capacity <no-reply@district.example>",
    "PUBLIC_URL": "https://alignment.district.example/",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"DEFAULT_FROM_EMAIL": ""},
        {"PUBLIC_URL": ""},
        {"PUBLIC_URL": "alignment.district.example"},
        {"PUBLIC_URL": "javascript:alert(1)"},
        {"EMAIL_TLS": "maybe"},
        {"EMAIL_PORT": "smtp"},
        {"DEFAULT_FROM_EMAIL": "a@district.example\nBcc: b@district.example"},
    ],
)
def test_environment_half_or_nonsense_stops_the_start(monkeypatch, wrong):
    for name, value in (WHOLE | wrong).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=next(iter(wrong))):
        set_up()


def test_environment_whole_or_without_mail_is_taken(monkeypatch):
    assert set_up()["EMAIL_HOST"] == ""
    for name, value in WHOLE.items():
        monkeypatch.setenv(name, value)
    found = set_up()
    assert (found["EMAIL_PORT"], found["EMAIL_SECURITY"]) == (587, "starttls")
    assert found["PUBLIC_URL"] == "https://alignment.district.example"
