"""What single words of a file mean: levels, kinds, purposes, elements, dates. Pure; nothing is guessed silently.

Each function returns (meaning, is_sure). What is sure needs no one; the rest is a suggestion that a person
confirms once. A purpose is never suggested: only the words "formative" and "evaluative" themselves are sure.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from difflib import get_close_matches

LEAVE_OUT = "-"
_NUMBER = re.compile(r"(?:(?:level|rating|score)\s*)?([0-9]{1,3})(?:\.0+)?")
_NUMBER_WORD = re.compile(r"([0-9]{1,3})(?:\.0+)?\s*[-–—:.)=]\s*(.+)")
_WORD_NUMBER = re.compile(r"(.+?)\s*[-–—:]?\s*\(?([0-9]{1,3})(?:\.0+)?\)?")
_NOT_RATED = {"n/a", "na", "nda", "n.a.", "-", "--", "–", "none", "no"}
_SAYS_NOT_RATED = re.compile(
    r"(?:not (?:observed|applicable|rated|scored|evident)|no (?:evidence|rating))\b.*"
)
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
    """Return the number of a level from 1 (as text), LEAVE_OUT for "not rated", or "" when nothing fits.

    A number is never made of a fraction, a range, a sign, or another product's name for a level.
    """
    said, known = norm(text), [norm(name) for name in names]
    if any(sign.isnumeric() and not sign.isdecimal() for sign in text):  # a superscript or fraction
        return (str(names.index(text) + 1), True) if text in names else ("", False)
    if said in known and known.count(said) == 1:
        return str(known.index(said) + 1), True
    if said in _NOT_RATED or _SAYS_NOT_RATED.fullmatch(said):
        return LEAVE_OUT, False
    if plain := _NUMBER.fullmatch(said):
        level = int(plain[1])
        return (str(level), True) if 1 <= level <= len(known) else ("", False)
    number, word = _number_and_word(said)
    meant = _level_like(word, known)
    if not meant or (number is not None and number != meant):
        return "", False
    return str(meant), number is not None and known[meant - 1] == word and known.count(word) == 1


def _number_and_word(said: str) -> tuple[int | None, str]:
    if both := _NUMBER_WORD.fullmatch(said):
        return int(both[1]), both[2]
    if both := _WORD_NUMBER.fullmatch(said):
        return int(both[2]), both[1]
    return None, said


def _level_like(word: str, known: Sequence[str]) -> int:
    """Return the level from 1 that alone has a name close to a word; 0 without one.

    What only puts something before a name is not close: "ineffective", "not proficient".
    """
    if any(sign.isdigit() for sign in word):
        return 0
    if word in known:
        return known.index(word) + 1
    close = get_close_matches(word, known, n=2, cutoff=0.85)
    if len(close) != 1 or word.endswith(close[0]) or close[0].endswith(word):
        return 0
    return known.index(close[0]) + 1


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
    codes = _codes_by((code, code) for code in elements)
    names = _codes_by((name, code) for code, name in elements.items())
    if said in codes or said in names:
        found = codes.get(said) or names[said]
        return (found[0], True) if len(found) == 1 else ("", False)
    lead = re.split(r"[\s:.)\-–—]+", said.lstrip("( "), maxsplit=1)
    if len(lead) == 2 and len(codes.get(lead[0], ())) == 1:
        code = codes[lead[0]][0]
        return code, norm(elements[code]) == lead[1].strip(" )")
    close = get_close_matches(said, names, n=1, cutoff=0.8)
    return (names[close[0]][0], False) if close and len(names[close[0]]) == 1 else ("", False)


def _codes_by(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the codes by what names them, as it is compared; several where elements share a name."""
    found: dict[str, list[str]] = defaultdict(list)
    for said, code in pairs:
        found[norm(said)].append(code)
    return dict(found)


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
