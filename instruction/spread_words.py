"""Where differences between ratings come from: what all elements share and what is each element's own, in words."""

from typing import Any, NamedTuple

from django.utils.translation import gettext as _


class Part(NamedTuple):
    """One source of differences: its variance shared by all elements and each element's own, and what it is."""

    label: str
    general: float
    specific: float
    said: str

    @property
    def sd(self) -> float:
        """Typical difference on one element, in levels."""
        return (self.general + self.specific) ** 0.5

    @property
    def share(self) -> int:
        """What all elements share of it, in percent."""
        total = self.general + self.specific
        return round(100 * self.general / total) if total else 0


def parts(spread: dict[str, dict[str, float]] | None) -> list[Part]:
    """Return the sources in order of the model; `spread` as a run keeps it, none where it kept none."""
    words: dict[str, tuple[Any, Any]] = {
        "school": (_("School"), _("how schools differ in the level of teaching")),
        "teacher": (_("Teacher"), _("how teachers of one school differ")),
        "rater": (_("Observer"), _("how observers differ in severity")),
        "teacher_rater": (
            _("Observer and teacher"),
            _("how one observer sees one teacher, lesson after lesson"),
        ),
        "culture": (_("Own observers"), _("what a school's own observers share in leniency")),
        "noise": (_("Lesson"), _("what is left: the lesson, the day, the rounding to a level")),
    }
    held = spread or {}
    return [
        Part(str(label), held[key]["general"], held[key]["specific"], str(said))
        for key, (label, said) in words.items()
        if key in held
    ]
