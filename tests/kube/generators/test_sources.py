"""Which file a word means, and what an env file says."""

from pathlib import Path

import pytest

from bot.core.errors import UsageError
from bot.core.request import MANIFEST_BYTES, Attachment
from bot.kube.generators.sources import Shelf, Sources, environment, file_source, literal
from bot.localfiles import read_named

READ_HERE = Attachment("app.conf", b"here", source="conf/app.conf")
ATTACHED = Attachment("app.conf", b"attached")


def test_a_terminals_file_is_the_one_that_was_read_for_the_word() -> None:
    shelf = Shelf((READ_HERE,), wanted=1)
    assert shelf.read("conf/app.conf") == b"here"
    # Another word means another file, though it is the only one.
    with pytest.raises(UsageError, match=r"error reading app\.conf: no such file or directory"):
        shelf.read("app.conf")


def test_an_attached_file_is_found_by_its_name() -> None:
    shelf = Shelf((Attachment("b", b"b"), ATTACHED), wanted=2)
    assert shelf.read("conf/app.conf") == shelf.read("app.conf") == b"attached"


def test_a_single_attached_file_is_what_a_single_word_means() -> None:
    assert Shelf((ATTACHED,), wanted=1).read("other.conf") == b"attached"
    with pytest.raises(UsageError) as caught:
        Shelf((ATTACHED,), wanted=2).read("other.conf")
    assert caught.value.next_step.startswith("What came is called app.conf. Attach other.conf")


def test_a_terminals_folder_is_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "conf"
    (folder / "below").mkdir(parents=True)
    (folder / "b.conf").write_bytes(b"b")
    (folder / "a.conf").write_bytes(b"a")
    (folder / "link").symlink_to(folder / "a.conf")
    monkeypatch.chdir(tmp_path)
    shelf = Shelf(read_named(["conf", "conf/a.conf", "nope", ""]), wanted=1)
    assert list(shelf.entries("conf")) == [("a.conf", b"a"), ("b.conf", b"b")]
    assert list(shelf.entries("k=conf/a.conf")) == [("k", b"a")]
    with pytest.raises(UsageError, match="cannot give a key name for a directory path"):
        list(shelf.entries("k=conf"))
    with pytest.raises(UsageError, match="error: conf is a folder"):
        shelf.read("conf")


def test_what_is_too_large_is_not_taken_for_the_whole() -> None:
    file = Attachment("large", b"x" * (MANIFEST_BYTES + 1))
    with pytest.raises(UsageError, match="error: large is larger than 256 kB"):
        Shelf((file,), wanted=1).read("large")


@pytest.mark.parametrize(
    ("typed", "key", "path"),
    [("a/b.conf", "b.conf", "a/b.conf"), ("k=a/b", "k", "a/b"), ("a/", "a", "a/")],
)
def test_a_key_is_the_files_name_unless_it_is_given(typed: str, key: str, path: str) -> None:
    assert file_source(typed) == (key, path)


def test_a_literal_is_cut_at_its_first_sign() -> None:
    assert literal("a=b=c") == ("a", b"b=c")


def test_an_env_file_is_read_line_by_line() -> None:
    content = b"\xef\xbb\xbf# note\n\n A=1\r\nB= x=y \nC="
    assert list(environment("app.env", content)) == [("A", b"1"), ("B", b" x=y "), ("C", b"")]


def test_an_env_file_gets_nothing_from_the_bots_own_environment() -> None:
    with pytest.raises(UsageError, match=r"env file app\.env has no value for HOME at line 2"):
        list(environment("app.env", b"A=1\nHOME\n"))


def test_an_env_file_stands_alone() -> None:
    with pytest.raises(UsageError, match="from-env-file cannot be combined"):
        Sources(literals=("a=b",), env_files=("app.env",)).check()
