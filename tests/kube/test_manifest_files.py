"""T13: in chat `-f` names what somebody attached, and neither a path nor an address."""

import pytest

from bot.core.errors import QuarterdeckError, RefusedError, UsageError
from bot.core.request import Attachment
from bot.kube.generators.labels import label_matcher
from bot.kube.manifest_files import chosen
from tests.every import every

WEB, DB = Attachment("web.yaml", b"web"), Attachment("db.yaml", b"db")
LOCAL = Attachment("apps/web.yaml", b"local", source="apps")


@pytest.mark.parametrize(
    ("files", "words", "meant"),
    [
        pytest.param([WEB, DB], ["db.yaml", "web.yaml"], [DB, WEB], id="by-name"),
        pytest.param([WEB], ["other.yaml"], [WEB], id="the-only-one"),
        pytest.param([WEB, DB], ["-"], [WEB, DB], id="all-of-them"),
        pytest.param([LOCAL], ["apps"], [LOCAL], id="read-by-a-terminal"),
    ],
)
def test_a_word_means_an_attached_file(
    files: list[Attachment], words: list[str], meant: list[Attachment]
) -> None:
    assert list(chosen(files, words)) == meant


@every(
    ("word", "said"),
    [
        ("https://evil.example/web.yaml", "no address is fetched"),
        ("http://169.254.169.254/latest", "no address is fetched"),
        ("file:///etc/passwd", "no address is fetched"),
        ("HTTPS://evil.example", "no address is fetched"),
        ("/etc/passwd", "reads no files of its own disk"),
        ("../../etc/passwd", "reads no files of its own disk"),
        ("./web.yaml", "reads no files of its own disk"),
        ("apps/", "reads no files of its own disk"),
        ("..", "reads no files of its own disk"),
        (".", "reads no files of its own disk"),
        ("C:\\web.yaml", "reads no files of its own disk"),
    ],
)
@every("files", [[], [WEB]], ids=["alone", "beside-a-file"])
def test_paths_and_addresses_are_refused(word: str, said: str, files: list[Attachment]) -> None:
    with pytest.raises(RefusedError, match=said) as caught:
        chosen(files, [word])
    assert caught.value.text.startswith(f"error: -f {word} is refused: ")
    assert "attach" in caught.value.next_step


@pytest.mark.parametrize(
    ("files", "words", "text", "instead"),
    [
        pytest.param([], ["web.yaml"], 'no file came along for "-f web.yaml"', "form", id="none"),
        pytest.param([], ["-"], 'no file came along for "-f -"', "form", id="no-input"),
        pytest.param(
            [WEB, DB],
            ["x.yaml"],
            'none of the attached files is called "x.yaml"',
            "Choose from `web.yaml`, `db.yaml`.",
            id="which",
        ),
        pytest.param(
            [WEB, DB], ["web.yaml"], "db.yaml came along, and no -f names it", "-f", id="left"
        ),
    ],
)
def test_what_is_not_clear_is_asked_back(
    files: list[Attachment], words: list[str], text: str, instead: str
) -> None:
    with pytest.raises(UsageError) as caught:
        chosen(files, words)
    assert caught.value.text == f"error: {text}"
    assert instead in caught.value.next_step


LABELS = {"app": "web", "tier": "front", "count": "2"}


@every(
    ("selector", "selected"),
    [
        ("", True),
        ("app=web", True),
        ("app==web,tier!=back", True),
        ("app=db", False),
        ("app", True),
        ("!app", False),
        ("!canary", True),
        ("canary!=yes", True),
        ("tier in (front, back)", True),
        ("tier notin (front)", False),
        ("count>1,count<3", True),
        ("count>2", False),
        ("tier>1", False),
        ("canary notin (yes)", True),
        ("app=web, tier in (back,middle)", False),
    ],
)
def test_a_selector_chooses_by_labels(selector: str, selected: bool) -> None:
    assert label_matcher(selector)(LABELS) is selected


@pytest.mark.parametrize("selector", ["a===b", "a in b", "a=b=c", "app web", "=x"])
def test_what_is_no_selector_is_refused(selector: str) -> None:
    with pytest.raises(QuarterdeckError, match=r"error: the provided selector .* is not valid: "):
        label_matcher(selector)
