"""The form of a feed. The secret goes in and never comes out."""

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from schools.feeds.drops import is_folder_name
from schools.feeds.failures import FeedFailed
from schools.feeds.network import check_url, origin
from schools.feeds.work import rules
from schools.models import FeedAuth, FeedKind, RosterFeed

# Whoever changes one of these could have the kept secret sent to a host of their own.
_BOUND_TO_SECRET = ("auth", "client_id")
# What its kind of feed cannot do without.
_NEEDED = ("base_url", "token_url", "client_id", "folder")
_OF_PROVIDERS = ("base_url", "token_url", "client_id", "scope")


class FeedForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker alone
    """A provider or a watched folder, and when it is fetched."""

    secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        max_length=2000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept encrypted and never shown again. Leave empty to keep the one that is set."),
    )
    full_weekday = forms.TypedChoiceField(
        label=_("Fetch everything"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("every time")), *((number, day) for number, day in WEEKDAYS.items())],
        help_text=_(
            "On other days only changes are fetched. What a provider removes without a word is seen when everything"
            " is fetched, and not before."
        ),
    )

    class Meta:
        model = RosterFeed
        fields = [
            "name", "kind", "source", "base_url", "auth", "token_url", "client_id", "secret", "scope", "folder",
            "daily_at", "every_hours", "full_weekday", "is_active",
        ]  # fmt: skip
        labels = {
            "name": _("Name"),
            "kind": _("From"),
            "source": _("Source system"),
            "base_url": _("Address of the provider"),
            "auth": _("Sign-in"),
            "token_url": _("Token address"),
            "client_id": _("Client id or consumer key"),
            "scope": _("Scope"),
            "folder": _("Folder"),
            "daily_at": _("Every day at"),
            "every_hours": _("Or every so many hours"),
            "is_active": _("Fetch by itself"),
        }
        help_texts = {
            "source": _("Whose ids these are. Keep it when only the way of fetching changes."),
            "base_url": _("Such as https://sis.example.org; what the standard adds to it is found."),
            "token_url": _(
                "For OAuth 2. The provider names it, such as https://sis.example.org/oauth/token."
            ),
            "scope": _("Leave empty for the standard's scope to read rosters."),
            "folder": _(
                "For a watched folder: its name below the installation's drop folder, one plain word."
            ),
        }
        widgets = {"daily_at": forms.TimeInput(format="%H:%M", attrs={"type": "time"})}

    # Fields of the kind that is not chosen are not shown, and must not keep a browser from sending the others.
    use_required_attribute = False

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        for name in [*_NEEDED, *(["secret"] if not self.instance.sealed_secret else [])]:
            self.fields[name].is_needed = True  # type: ignore[attr-defined]  # what the template of a field asks

    def clean(self) -> dict[str, Any]:
        """Check what belongs together."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("daily_at") is not None and cleaned.get("every_hours"):
            self.add_error("every_hours", gettext("Choose one of the two rhythms."))
        if cleaned.get("kind") == FeedKind.FOLDER:
            if not is_folder_name(cleaned.get("folder", "")):
                self.add_error(
                    "folder", gettext("Name the folder: one word of letters, digits, dots, dashes.")
                )
            # Whatever was typed for a provider: a folder has no use for it.
            return cleaned | dict.fromkeys(_OF_PROVIDERS, "")
        self._clean_provider(cleaned)
        return cleaned

    def _clean_provider(self, cleaned: dict[str, Any]) -> None:
        oauth2 = cleaned.get("auth") == FeedAuth.OAUTH2
        if not oauth2 and cleaned.get("kind") == FeedKind.PROVIDER_1_2:
            self.add_error("auth", gettext("OneRoster 1.2 signs in by OAuth 2 alone."))
        for name in ["base_url", *(["token_url"] if oauth2 else [])]:
            try:
                check_url(cleaned.get(name, "").strip(), rules())
            except FeedFailed as failure:
                self.add_error(name, str(failure))
        if not cleaned.get("client_id"):
            self.add_error("client_id", gettext("The provider has given you one."))
        if not cleaned.get("secret") and (not self.instance.sealed_secret or self._leads_elsewhere(cleaned)):
            self.add_error(
                "secret", gettext("Enter the secret: it is not kept when the address or the client changes.")
            )

    def _leads_elsewhere(self, cleaned: dict[str, Any]) -> bool:
        """Say whether the kept secret would be used with another client or at another host than it was given for."""
        before = self.initial
        if any(cleaned.get(name) != before.get(name) for name in _BOUND_TO_SECRET):
            return True
        return any(
            origin(cleaned.get(name) or "") != origin(before.get(name) or "")
            for name in ("base_url", "token_url")
        )
