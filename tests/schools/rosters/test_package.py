"""Zips that strangers send: what is refused, and that limits are measured and not believed."""

import io
import struct
import zipfile

import pytest

from schools.rosters.package import Limits
from schools.rosters.reader import Options, Roster, read_roster
from tests.schools.rosters.bundles import bundle, files_of, zipped

SMALL = Limits(entries=20, entry_bytes=50_000, total_bytes=80_000, ratio=100, ratio_floor=20_000)


def verdict(file: io.BytesIO, limits: Limits | None = None) -> tuple[bool, list[str]]:
    roster: Roster = read_roster(file, options=Options(limits=limits or Limits()))
    return roster.accepted, [group.code for group in roster.findings.groups()]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "package.empty"),
        (b"name,value\n", "package.not_a_zip"),
        (b"PK\x03\x04" + b"\0" * 40, "package.not_a_zip"),
        (b"PK\x05\x06", "package.not_a_zip"),
        (bundle().getvalue()[:-30], "package.not_a_zip"),
        (bundle().getvalue()[200:], "package.not_a_zip"),
    ],
)
def test_what_is_no_zip_is_refused(data: bytes, code: str) -> None:
    accepted, codes = verdict(io.BytesIO(data))
    assert not accepted
    assert codes in ([code], ["package.damaged"], ["manifest.missing"])


def test_empty_zip_lacks_its_manifest() -> None:
    assert verdict(zipped({})) == (False, ["manifest.missing"])


def test_damaged_entry_is_refused() -> None:
    data = bytearray(bundle().getvalue())
    at = data.find(b"users.csv") + 60
    data[at : at + 40] = b"\xff" * 40
    accepted, codes = verdict(io.BytesIO(bytes(data)))
    assert not accepted
    assert codes[0] == "package.damaged"


def test_encrypted_entry_is_refused() -> None:
    data = bytearray(bundle().getvalue())
    entry = data.find(b"PK\x01\x02")
    while entry >= 0:
        data[entry + 8] |= 1
        entry = data.find(b"PK\x01\x02", entry + 4)
    assert verdict(io.BytesIO(bytes(data))) == (False, ["package.encrypted"])


def test_unusual_compression_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as archive:
        for name, data in files_of().items():
            archive.writestr(name, data)
    assert verdict(made) == (False, ["package.compression"])


@pytest.mark.parametrize("name", ["/etc/users.csv", "../users.csv", "a/../../users.csv", "C:/users.csv"])
def test_path_that_leaves_the_zip_is_refused(name: str) -> None:
    assert verdict(zipped({**files_of(), name: b""})) == (False, ["package.unsafe_path"])


def test_same_file_twice_is_refused() -> None:
    assert verdict(zipped({**files_of(), "USERS.csv": b""})) == (False, ["package.duplicate"])


def test_one_wrapping_folder_and_leftovers_of_macos_are_accepted() -> None:
    files = {f"export/{name}": data for name, data in files_of().items()}
    files["__MACOSX/export/._users.csv"] = b"x"
    files["export/.DS_Store"] = b"x"
    assert verdict(zipped(files)) == (True, ["package.wrapping_folder"])


def test_unknown_file_is_left_unread() -> None:
    assert verdict(zipped({**files_of(), "notes.txt": b"\xff\xff"})) == (True, ["package.unknown_file"])


def test_too_many_entries_are_refused() -> None:
    files = {**files_of(), **{f"{number}.txt": b"" for number in range(20)}}
    assert verdict(zipped(files), SMALL) == (False, ["package.too_many_entries"])


def test_huge_directory_is_refused_before_it_is_listed() -> None:
    data = bytearray(bundle().getvalue())
    end = data.rfind(b"PK\x05\x06")
    struct.pack_into("<L", data, end + 12, 50_000_000)
    assert verdict(io.BytesIO(bytes(data))) == (False, ["package.too_many_entries"])


def padded(size: int) -> dict[str, bytes]:
    return {**files_of(), "users.csv": files_of()["users.csv"] + b"\r\n" * (size // 2)}


def test_bomb_is_refused_by_its_measured_ratio() -> None:
    limits = Limits(ratio=10, ratio_floor=10_000)
    assert verdict(zipped(padded(1_000_000)), limits)[1][0] == "package.ratio"


def test_bomb_with_a_lying_header_is_refused() -> None:
    data = bytearray(zipped(padded(1_000_000)).getvalue())
    real = len(padded(1_000_000)["users.csv"])
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.find(signature)
        while at >= 0:
            if struct.unpack_from("<L", data, at + offset)[0] == real:
                struct.pack_into("<L", data, at + offset, 100)
            at = data.find(signature, at + 4)
    accepted, codes = verdict(io.BytesIO(bytes(data)), Limits(ratio=10, ratio_floor=10_000))
    assert not accepted
    assert codes[0] in {"package.ratio", "package.damaged"}


def test_large_entry_and_large_total_are_refused() -> None:
    lenient = {"ratio": 1_000_000, "ratio_floor": 10**9}
    assert verdict(zipped(padded(60_000)), Limits(entry_bytes=50_000, **lenient))[1] == ["package.too_large"]
    assert verdict(zipped(padded(60_000)), Limits(total_bytes=50_000, **lenient))[1] == [
        "package.total_too_large"
    ]
