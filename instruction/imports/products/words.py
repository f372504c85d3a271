"""What single words of a file mean: levels, kinds, purposes, elements, dates. Pure; nothing is guessed silently.

Each function returns (meaning, is_sure). What is sure needs no one; the rest is a suggestion that a person
confirms once. A purpose is never suggested: only the words "formative" and "evaluative" themselves are sure.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from difflib import get_close_matches

LEAVE_OUT = "-"
_NUMBER = re.compile(r"(?:(?:level|rating|score)\s*)?([0-9]{1,3})(?:\.0+)?")
_NUMBER_WORD = re.compile(r"([0-9]{1,3})(?:\.0+)?\s*[-–—:.)=]\s*(.+)")
_WORD_NUMBER = re.compile(r"(.+?)\s*[-–—:]?\s*\(?([0-9]{1,3})(?:\.0+)?\)?")
_NOT_RATED = {
    "n/a", "na", "nda", "not observed", "not applicable", "-", "--", "–", "none", "not rated", "no evidence",
    "no", "n.a.", "not scored",
}  # fmt: skip
_EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet's serial numbers
_TIME = re.compile(
    r"[ T]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?\s*([AaPp]\.?[Mm]\.?)?(Z|[+-][0-9:]{4,6})?$"
)

DATE_FORMATS = {
    "iso": ("%Y-%m-%d",),
    "month-first": ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%m.%d.%Y"),
    "day-first": ("%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y", "%d.%m.%Y"),
    "month-name": ("%b %d, %Y", "%B %d, %Y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d %Y"),
    "serial": (),
}


def norm(text: str) -> str:
    """Return text as it is compared: one form of Unicode, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def level_of(text: str, names: Sequence[str]) -> tuple[str, bool]:
    """Return the number of a level from 1 (as text), LEAVE_OUT for "not rated", or "" when nothing fits."""
    said, known = norm(text), [norm(name) for name in names]
    if said in known:
        return str(known.index(said) + 1), True
    if plain := _NUMBER.fullmatch(said):
        number = int(plain[1])
        return (str(number), True) if 1 <= number <= len(known) else ("", False)
    both = _NUMBER_WORD.fullmatch(said)
    number, word = (int(both[1]), both[2]) if both else (0, "")
    if not both and (both := _WORD_NUMBER.fullmatch(said)):
        number, word = int(both[2]), both[1]
    if both and 1 <= number <= len(known):
        return str(number), known[number - 1] == word
    return (LEAVE_OUT, False) if said in _NOT_RATED else ("", False)


def kind_of(text: str, labels: Mapping[str, str]) -> tuple[str, bool]:
    """Return the kind that a word names; `labels`: kind -> its label."""
    said = norm(text)
    for kind, label in labels.items():
        if said in {norm(kind), norm(label)}:
            return kind, True
    for part, kind in (("walk", "walkthrough"), ("informal", "informal"), ("formal", "formal")):
        if part in said and kind in labels:
            return kind, False
    return "", False


def purpose_of(text: str, labels: Mapping[str, str]) -> tuple[str, bool]:
    """Return the purpose that is named by its own word, else nothing: a purpose is never guessed."""
    said = norm(text)
    return next(((one, True) for one, label in labels.items() if said in {one, norm(label)}), ("", False))


def element_of(text: str, elements: Mapping[str, str]) -> tuple[str, bool]:
    """Return the code of the element that a text names by code, name, or "code: name"; `elements`: code -> name."""
    said = norm(text)
    codes = {norm(code): code for code in elements}
    names = {norm(name): code for code, name in elements.items()}
    if found := codes.get(said) or names.get(said):
        return found, True
    lead = re.split(r"[\s:.)\-–—]+", said.lstrip("( "), maxsplit=1)
    if len(lead) == 2 and lead[0] in codes:
        rest = lead[1].strip(" )")
        return codes[lead[0]], names.get(rest) == codes[lead[0]]
    close = get_close_matches(said, names, n=1, cutoff=0.8)
    return (names[close[0]], False) if close else ("", False)


def day_of(text: str, date_format: str) -> date | None:
    """Return the day that a text names in a format, a time after it left aside; YYYY-MM-DD is always read."""
    said = _TIME.sub("", text.strip())
    for pattern in (*DATE_FORMATS["iso"], *DATE_FORMATS.get(date_format, ())):
        try:
            return datetime.strptime(said, pattern).date()
        except ValueError:
            continue
    if date_format == "serial" and re.fullmatch(r"[0-9]{4,6}(\.[0-9]+)?", said):
        return _EPOCH + timedelta(days=int(float(said)))
    return None


def date_formats_of(texts: Sequence[str]) -> list[str]:
    """Return the formats in which every one of the texts is a day; several when the texts do not tell."""
    said = [text for text in texts if text.strip()]
    if not said:
        return []
    found = [one for one in DATE_FORMATS if all(day_of(text, one) for text in said)]
    return ["iso"] if "iso" in found else found


def is_initials_of(text: str, name: str) -> bool:
    """Say whether a text is the first letters of a name's words ("ATS" of "A Training School")."""
    letters = "".join(word[0] for word in norm(name).split())
    return len(text) > 1 and norm(text).replace(".", "") == letters
