"""The evidence base of elements: what is claimed, and where it stands."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.access.policy import Data
from alignment_dash.access.scope import Scope
from instruction.consulting.texts import LONGEST_CLAIM, checked
from instruction.models import Element, ElementSource, ElementVersion, VersionState

_web_address = URLValidator(schemes=["http", "https"])
LONGEST_ADDRESS = 500


def sources_of(framework_id: int) -> dict[int, list[ElementSource]]:
    """Return the evidence base of a framework's elements by element id, the oldest first; one query."""
    found: dict[int, list[ElementSource]] = {}
    for one in ElementSource.objects.filter(element__framework=framework_id).order_by("pk"):
        found.setdefault(one.element_id, []).append(one)
    return found


def sources_on(element_id: int) -> QuerySet[ElementSource]:
    """Return the evidence base of one element, the oldest first; one query."""
    return ElementSource.objects.filter(element=element_id).order_by("pk")


def wording_of(scope: Scope, uid: UUID) -> ElementVersion | None:
    """Return the newest published wording of an element; of one that is in drafts alone, for who reads those."""
    if not scope.may(Data.DEFINITIONS):
        return None
    found = ElementVersion.objects.filter(element__uid=uid).select_related("element", "version__framework")
    if not scope.may(Data.FRAMEWORK_DRAFTS):
        found = found.exclude(version__state=VersionState.DRAFT)
    worded = sorted(
        found,
        key=lambda one: (one.version.state != VersionState.DRAFT, one.version.first_school_year, one.pk),
    )
    return worded[-1] if worded else None


@transaction.atomic
def add_source(*, element: Element, claim: str, citation: str, url: str, by: User | None) -> ElementSource:
    """Add a claim with its source to an element; what is there already is there once.

    ValidationError, by field, for a text that is missing, too long or holds a byte zero, and for an address that is
    not one of the web's.
    """
    given = {}
    errors: dict[str, list[str]] = {}
    for name, text, empty in (
        ("claim", claim, _("Say what research found.")),
        ("citation", citation, _("Say where it stands: authors, year, title, page.")),
        ("url", url, ""),
    ):
        try:
            given[name] = checked(
                text, longest=LONGEST_ADDRESS if name == "url" else LONGEST_CLAIM, empty=empty
            )
            if name == "url" and given[name]:
                _check_address(given[name])
        except ValidationError as error:
            errors[name] = error.messages
    if errors:
        raise ValidationError(errors)
    made, is_new = ElementSource.objects.get_or_create(element=element, **given, defaults={"added_by": by})
    if is_new:
        audit.record(act="source.add", target=made, by=by, detail={"element": str(element.uid)})
    return made


def _check_address(url: str) -> None:
    try:
        _web_address(url)
    except ValidationError:
        raise ValidationError(_("An address on the web begins with https:// or http://.")) from None


@transaction.atomic
def remove_source(*, source: ElementSource, by: User) -> None:
    """Take a source away; the record of changes keeps it."""
    audit.record(act="source.remove", target=source, by=by, detail={"element": str(source.element.uid)})
    source.delete()
