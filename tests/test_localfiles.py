"""Which of a terminal's own files `-f` names, in kubectl's order and words."""

from pathlib import Path

import pytest

from bot.core.errors import UsageError
from bot.core.request import MANIFEST_BYTES, Attachment
from bot.localfiles import read_local, read_named


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("apps/b.yaml", "apps/a.json", "apps/notes.txt", "apps/b/c.yml", "web.txt"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    (tmp_path / "empty").mkdir()
    return tmp_path


async def typed(most: int) -> bytes:
    return b"typed"[:most]


async def named(*words: str, recursive: bool = False) -> list[str]:
    return [file.name for file in await read_local(words, typed, recursive=recursive)]


@pytest.mark.usefixtures("folder")
async def test_files_folders_patterns_and_the_input_are_read_in_their_order() -> None:
    assert await named("web.txt", "apps", "-") == ["web.txt", "apps/a.json", "apps/b.yaml", "STDIN"]
    assert await named("./apps", recursive=True) == ["apps/a.json", "apps/b/c.yml", "apps/b.yaml"]
    assert await named("apps/*.y*ml") == ["apps/b.yaml"]


async def test_a_file_bears_the_word_that_it_was_read_for(folder: Path) -> None:
    found = await read_local([str(folder / "apps"), "-"], typed, recursive=False)
    assert found[1] == Attachment(f"{folder}/apps/b.yaml", b"apps/b.yaml", source=f"{folder}/apps")
    assert found[2] == Attachment("STDIN", b"typed", source="-")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("nope.yaml", 'error: the path "nope.yaml" does not exist'),
        ("nope/*.yaml", 'error: the path "nope/*.yaml" does not exist'),
        (
            "empty",
            "error: error reading [empty]: recognized file extensions are [.json .yaml .yml]",
        ),
    ],
)
async def test_what_is_not_there_is_told_in_kubectls_words(word: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        await named(word)
    assert caught.value.text == says


@pytest.mark.usefixtures("folder")
async def test_an_address_is_left_to_whoever_refuses_it() -> None:
    assert await named("https://evil.example/web.yaml", "") == []


async def test_no_more_is_read_than_a_manifest_may_have(folder: Path) -> None:
    (folder / "large.yaml").write_bytes(bytes(MANIFEST_BYTES * 4))
    [file] = await read_local(["large.yaml"], typed, recursive=False)
    assert len(file.content) == MANIFEST_BYTES + 1


@pytest.mark.usefixtures("folder")
def test_files_of_other_flags_are_read_where_they_are_there() -> None:
    found = read_named(["web.txt", "nope", "apps", "", "web.txt"])
    assert Attachment("web.txt", b"web.txt", source="web.txt") in found
    assert sorted((file.name, file.source) for file in found) == [
        ("a.json", "apps"),
        ("b.yaml", "apps"),
        ("notes.txt", "apps"),
        ("web.txt", "web.txt"),
    ]
