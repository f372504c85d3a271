"""A watched folder: what is whole, what is left alone, and where it may not lead."""

import io
import os
import zipfile
from pathlib import Path

import pytest

from schools.feeds import drops
from schools.feeds.failures import FeedFailed

MOST = 1 << 20
FILES = {"manifest.csv": b"propertyName,value\n", "orgs.csv": b"sourcedId,name\n1,Oak\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "sis"
    made.mkdir()
    return made


def put(folder: Path, name: str, content: bytes = b"PK", at: int = 1_000) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (at, at))
    return path


def look(folder: Path) -> list[drops.Drop]:
    return drops.look(str(folder.parent), folder.name)


def whole(folder: Path, looks: drops.Looks, now: float) -> tuple[list[str], drops.Looks]:
    found, remember = drops.ready(look(folder), looks, {}, now)
    return [drop.name for drop in found], remember


def test_file_is_whole_when_two_looks_see_the_same(folder: Path) -> None:
    put(folder, "roster.zip")
    names, looks = whole(folder, {}, 0)
    assert names == []
    assert whole(folder, looks, 30)[0] == []  # too soon
    assert whole(folder, looks, 60)[0] == ["roster.zip"]


def test_file_that_grows_is_not_whole(folder: Path) -> None:
    put(folder, "roster.zip")
    _names, looks = whole(folder, {}, 0)
    put(folder, "roster.zip", b"PKPK", at=1_060)
    names, looks = whole(folder, looks, 300)
    assert names == []
    assert whole(folder, looks, 600)[0] == ["roster.zip"]


@pytest.mark.parametrize("marker", ["roster.zip.done", "roster.zip.ready", "roster.done", "roster.ready"])
def test_marker_makes_a_file_whole_at_once(marker: str, folder: Path) -> None:
    put(folder, "roster.zip")
    put(folder, marker, b"")
    assert whole(folder, {}, 0)[0] == ["roster.zip"]


@pytest.mark.parametrize(
    "name",
    ["roster.zip.part", "roster.zip.tmp", "roster.zip.filepart", ".roster.zip", "notes.txt", "_roster.zip"],
)
def test_partial_and_foreign_files_are_left_alone(name: str, folder: Path) -> None:
    put(folder, name)
    assert look(folder) == []


def test_dated_folder_of_loose_files_is_one_bundle(folder: Path) -> None:
    for name, content in FILES.items():
        put(folder, f"2026-09-01/{name}", content)
    put(folder, "2026-09-01/readme.txt")
    (drop,) = look(folder)
    assert (drop.name, drop.label) == ("2026-09-01", "2026-09-01.zip")
    with zipfile.ZipFile(io.BytesIO(drops.content(str(folder.parent), "sis", drop, most=MOST))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == FILES


def test_loose_files_in_the_folder_itself_are_one_bundle(folder: Path) -> None:
    for name, content in FILES.items():
        put(folder, name, content)
    (drop,) = look(folder)
    assert drop.label == "roster.zip"
    assert drops.put_aside(str(folder.parent), "sis", drop, "20260901T020000Z")
    assert sorted(path.name for path in (folder / "taken").iterdir()) == [
        "20260901T020000Z-manifest.csv",
        "20260901T020000Z-orgs.csv",
    ]


def test_folder_without_a_manifest_or_with_a_partial_file_is_not_whole(folder: Path) -> None:
    put(folder, "a/orgs.csv")
    put(folder, "b/manifest.csv")
    put(folder, "b/users.csv.filepart")
    assert look(folder) == []


def test_what_was_taken_goes_aside_and_replaces_nothing(folder: Path) -> None:
    for content in (b"PK1", b"PK2"):
        put(folder, "roster.zip", content)
        put(folder, "roster.zip.done", b"")
        assert drops.put_aside(str(folder.parent), "sis", look(folder)[0], "20260901T020000Z")
    taken = folder / "taken"
    assert {path.name: path.read_bytes() for path in taken.iterdir()} == {
        "20260901T020000Z-roster.zip": b"PK1",
        "20260901T020000Z-roster.zip.done": b"",
        "20260901T020000Z-roster.zip.1": b"PK2",
        "20260901T020000Z-roster.zip.done.1": b"",
    }
    assert look(folder) == []


def test_what_could_not_be_put_aside_is_not_taken_again_until_it_changes(folder: Path) -> None:
    put(folder, "roster.zip")
    (drop,) = look(folder)
    taken = {"roster.zip": drop.signature}
    assert drops.ready(look(folder), {"roster.zip": [drop.signature, 0]}, taken, 600)[0] == []
    put(folder, "roster.zip", b"PK2", at=2_000)
    _found, looks = drops.ready(look(folder), {}, taken, 700)
    assert [one.name for one in drops.ready(look(folder), looks, taken, 800)[0]] == ["roster.zip"]


def test_oldest_drop_comes_first(folder: Path) -> None:
    put(folder, "a.zip", at=3_000)
    put(folder, "b.zip", at=1_000)
    put(folder, "c/manifest.csv", at=2_000)
    assert [drop.name for drop in look(folder)] == ["b.zip", "c", "a.zip"]


def test_links_are_not_followed(folder: Path, tmp_path: Path) -> None:
    secret = put(tmp_path, "secret.zip", b"PKsecret")
    outside = tmp_path / "outside"
    put(outside, "manifest.csv")
    (folder / "linked.zip").symlink_to(secret)
    (folder / "linked").symlink_to(outside)
    put(folder, "mine/manifest.csv")
    (folder / "mine" / "users.csv").symlink_to(secret)
    (drop,) = look(folder)
    assert (drop.name, drop.files) == ("mine", ("manifest.csv",))
    (tmp_path / "elsewhere").symlink_to(folder)
    with pytest.raises(FeedFailed):
        drops.look(str(tmp_path), "elsewhere")


def test_file_that_becomes_a_link_after_the_look_is_not_read(folder: Path, tmp_path: Path) -> None:
    secret = put(tmp_path, "secret.zip", b"PKsecret")
    path = put(folder, "roster.zip")
    (drop,) = look(folder)
    path.unlink()
    path.symlink_to(secret)
    with pytest.raises(FeedFailed, match="cannot be read"):
        drops.content(str(tmp_path), "sis", drop, most=MOST)


def test_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "roster.zip")
    assert look(folder) == []


def test_file_that_changes_while_it_is_read_is_left_for_the_next_look(folder: Path) -> None:
    put(folder, "roster.zip")
    (drop,) = look(folder)
    put(folder, "roster.zip", b"PKPK", at=2_000)
    with pytest.raises(FeedFailed, match="changed while it was read"):
        drops.content(str(folder.parent), "sis", drop, most=MOST)


def test_file_that_is_too_large_is_not_read(folder: Path) -> None:
    put(folder, "roster.zip", b"x" * 2_000)
    (drop,) = look(folder)
    with pytest.raises(FeedFailed, match="larger than"):
        drops.content(str(folder.parent), "sis", drop, most=1_000)


@pytest.mark.parametrize(
    "name", ["..", ".", "", "a/b", "/etc", "taken", "TAKEN", ".hidden", "a\0b", "x" * 101, "-a"]
)
def test_folder_is_one_plain_word(name: str, tmp_path: Path) -> None:
    assert not drops.is_folder_name(name)
    with pytest.raises(FeedFailed):
        drops.look(str(tmp_path), name)


def test_installation_without_a_drop_folder_says_so() -> None:
    with pytest.raises(FeedFailed, match="ROSTER_DROP_FOLDER"):
        drops.look("", "sis")


def test_name_that_is_no_utf_8_is_left_alone(folder: Path) -> None:
    put(folder, "roster.zip")
    os.close(os.open(os.fsencode(folder) + b"/\xff.zip", os.O_CREAT | os.O_WRONLY))
    assert [drop.name for drop in look(folder)] == ["roster.zip"]


def test_file_that_goes_while_we_look_is_not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, "roster.zip")
    gone = put(folder, "gone.zip")
    for name, content in FILES.items():
        put(folder, name, content)
    real = os.listdir

    def racing(place: int) -> list[str]:
        names = real(place)
        gone.unlink(missing_ok=True)
        (folder / "manifest.csv").unlink(missing_ok=True)
        return names

    monkeypatch.setattr(os, "listdir", racing)
    assert [drop.name for drop in look(folder)] == ["roster.zip"]


def test_drop_that_goes_before_it_is_read_is_said(folder: Path) -> None:
    path = put(folder, "2026-09-01/manifest.csv")
    (drop,) = look(folder)
    path.unlink()
    path.parent.rmdir()
    with pytest.raises(FeedFailed, match="changed while it was read"):
        drops.content(str(folder.parent), "sis", drop, most=MOST)
