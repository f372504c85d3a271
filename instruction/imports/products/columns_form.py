"""The form that asks what each column of a file means."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise

from instruction.imports.products import keeping, labels
from instruction.imports.products.layout import EVIDENCE, RATING, Layout
from instruction.imports.products.layout import FIELDS as KNOWN
from instruction.imports.products.look import Look, Reading, elements_in_force, layout_from
from instruction.imports.products.meanings import KINDS, PURPOSES
from instruction.models import ObservationImport
from schools.models import SourceSystem


@dataclass(frozen=True, slots=True)
class Column:
    """One column as the form asks about it."""

    name: str
    field: str
    samples: list[str]
    chosen: str
    # "", "sure" or "likely": how far the choice was guessed from the name
    guess: str


class ColumnsForm:
    """Guesses until something was posted, and then what was posted; `faults` are sentences."""

    kinds = KINDS
    purposes = PURPOSES
    date_formats = labels.DATE_FORMATS

    def __init__(
        self, look: Look, upload: ObservationImport, posted: Mapping[str, str] | None, reading: Reading
    ) -> None:
        self.look = look
        self.elements = elements_in_force()
        self.groups = labels.field_groups(self.elements)
        self.asks_to_replace = False
        self.faults: list[str | Promise] = []
        self._posted = posted
        known = Layout.from_json(upload.layout) if upload.layout else None
        if posted is not None:
            self.layout = layout_from(
                look.names, posted, reading, sheet=look.sheet, header_row=look.header_row
            )
        elif known:
            self.layout = known
        else:
            self.layout = self._guessed(upload)

    def _guessed(self, upload: ObservationImport) -> Layout:
        formats = self.look.date_formats
        return Layout(
            columns={name: one.field for name, one in self.look.guesses.items()},
            people=upload.options.get("source", ""),
            # Where the dates fit two formats, a person says which.
            date_format=formats[0] if len(formats) == 1 else "",
        )

    def is_valid(self) -> bool:
        """Say whether the layout can be used; fills `faults`."""
        codes = self.layout.faults()
        allowed = {
            *KNOWN,
            *(RATING + code for code in self.elements),
            *(EVIDENCE + code for code in self.elements),
        }
        if not self.layout.date_format:
            codes.append("no-date-format")
        said = [
            set(self.layout.columns.values()) <= allowed,
            self.layout.date_format in {"", *labels.DATE_FORMATS},
            self.layout.kind in {"", *KINDS},
            self.layout.purpose in {"", *PURPOSES},
            "\0" not in self.layout.source + self.layout.save_as + self.layout.people,
            "\0" in self.layout.people
            or not self.layout.people
            or SourceSystem.objects.filter(code=self.layout.people).exists(),
        ]
        if not all(said):
            codes.append("bad-choice")
        elif keeping.is_another(self.layout):
            codes.append("other-mapping")
            self.asks_to_replace = True
        self.faults = [labels.FAULTS[code] for code in codes]
        return not self.faults

    def columns(self, show: Callable[[str], str]) -> Iterator[Column]:
        """Yield each column with its first texts and its chosen meaning."""
        for place, name in enumerate(self.look.names):
            guess = self.look.guesses.get(name)
            chosen = self.layout.columns.get(name, "")
            word = ("sure" if guess.is_sure else "likely") if guess and guess.field == chosen else ""
            yield Column(
                name=name,
                field=f"column-{place}",
                samples=[show(text) for text in self.look.samples(place)],
                chosen=chosen,
                guess=word if self._posted is None else "",
            )

    @property
    def sources(self) -> list[tuple[str, str]]:
        """Codes and names of the systems that rows come from."""
        return [(one.code, str(one)) for one in SourceSystem.objects.order_by("pk")]
