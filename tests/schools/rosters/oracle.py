"""An independent, naive reader of a bundle: which references dangle, by `csv.DictReader` and sets.

Written from the standard's tables alone; it imports nothing of the product.
"""

import csv
import io
import unicodedata
import zipfile

# file: column -> file that it refers to; lists are comma-separated
REFERENCES = {
    "academicSessions": {"parentSourcedId": "academicSessions"},
    "orgs": {"parentSourcedId": "orgs"},
    "courses": {"schoolYearSourcedId": "academicSessions", "orgSourcedId": "orgs"},
    "classes": {
        "courseSourcedId": "courses",
        "schoolSourcedId": "orgs",
        "termSourcedIds": "academicSessions",
    },
    "enrollments": {"classSourcedId": "classes", "schoolSourcedId": "orgs", "userSourcedId": "users"},
    "users": {"orgSourcedIds": "orgs", "primaryOrgSourcedId": "orgs"},
    "roles": {"userSourcedId": "users", "orgSourcedId": "orgs"},
    "demographics": {"sourcedId": "users"},
}
LISTS = {"termSourcedIds", "orgSourcedIds"}
Rows = list[dict[str, str]]


def read(data: bytes) -> Rows:
    """The rows of a CSV file by its header, whose capitals are not looked at."""
    text = data.decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text, newline=""), restval="", restkey="more")
    return [{_plain(str(key)): str(value).strip() for key, value in row.items()} for row in rows]


def _plain(name: str) -> str:
    """A column's name without capitals, spaces around it and characters that cannot be seen."""
    return "".join(sign for sign in name if unicodedata.category(sign) != "Cf").strip().lower()


def dangling(file: io.BytesIO) -> set[tuple[str, str, str]]:
    """(file, column, id) of every reference of a live row to what no live row of the bundle holds.

    Raises whatever the standard library raises for what it cannot read.
    """
    with zipfile.ZipFile(file) as archive:
        names = {name.rpartition("/")[2].lower(): name for name in archive.namelist()}
        manifest = csv.reader(io.StringIO(archive.read(names["manifest.csv"]).decode("utf-8-sig")))
        modes = {row[0].strip(): row[1].strip().lower() for row in manifest if len(row) > 1}
        tables = {
            name: read(archive.read(names[f"{name}.csv".lower()]))
            for name in REFERENCES
            if f"{name}.csv".lower() in names and modes.get(f"file.{name}") in ("bulk", "delta")
        }
    live = {
        name: [row for row in rows if row.get("status", "").lower() not in ("tobedeleted", "inactive")]
        for name, rows in tables.items()
    }
    ids = {name: {row.get("sourcedid", "") for row in rows} for name, rows in live.items()}
    found = set()
    for name, rows in live.items():
        for column, target in REFERENCES[name].items():
            for row in rows:
                cell = row.get(column.lower(), "")
                for one in cell.split(",") if column in LISTS else [cell]:
                    if one.strip() and one.strip() not in ids.get(target, set()):
                        found.add((name, column, one.strip()))
    return found
