"""Which school a file means: by id, by name, by its initials."""

from collections import defaultdict
from difflib import get_close_matches

from instruction.imports.products.words import is_initials_of, norm
from schools.models import ExternalId, Kind, Org, OrgType, SourceSystem


class Schools:
    """The district's schools by what a file may call them; two queries."""

    def __init__(self, systems: list[SourceSystem]) -> None:
        names = list(Org.objects.filter(type=OrgType.SCHOOL).values_list("pk", "name"))
        self._names: dict[str, set[int]] = defaultdict(set)
        self._written = dict(names)
        for pk, name in names:
            self._names[norm(name)].add(pk)
        known = ExternalId.objects.filter(system__in=systems, kind=Kind.ORG, row_id__in=self._written)
        self._ids: dict[str, set[int]] = defaultdict(set)
        for external_id, pk in known.values_list("external_id", "row_id"):
            self._ids[norm(external_id)].add(pk)

    def find(self, text: str) -> tuple[int | None, bool]:
        """Return the school and whether it is sure; a suggestion where only one is close."""
        said = norm(text)
        exact = self._ids.get(said, set()) or self._names.get(said, set())
        if len(exact) == 1:
            return next(iter(exact)), True
        initials = [pk for pk, name in self._written.items() if is_initials_of(text, name)]
        if len(initials) == 1:
            return initials[0], False
        close = get_close_matches(said, self._names, n=1, cutoff=0.75)
        like = self._names[close[0]] if close and not exact else set()
        return (next(iter(like)), False) if len(like) == 1 else (None, False)
