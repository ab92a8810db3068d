from datetime import timedelta

import pytest

from bot.core.command import Flag
from bot.core.errors import RefusedError, UsageError
from bot.grammar.bind import read
from bot.grammar.persistent import REFUSED, Common, refuse, refuse_formats
from tests.conformance.grammar.verbs import Verbs
from tests.every import every

VERBS = Verbs()


def test_every_command_takes_the_common_flags() -> None:
    common = read("logs web -n shop --context there --request-timeout=2m", VERBS).common
    assert common == Common("shop", "there", "2m")


@pytest.mark.parametrize(
    ("typed", "timeout"),
    [
        ("0", None),
        ("0s", None),
        ("5", timedelta(seconds=5)),
        ("1m30s", timedelta(seconds=90)),
    ],
)
def test_the_timeout_is_seconds_or_a_duration(typed: str, timeout: timedelta | None) -> None:
    assert Common(request_timeout=typed).timeout() == timeout


@pytest.mark.parametrize("typed", ["x", "5 s", "-5", "1d", "", "٣"])
def test_another_timeout_is_refused_in_kubectls_words(typed: str) -> None:
    with pytest.raises(UsageError, match=r"^error: Invalid timeout value"):
        Common(request_timeout=typed).timeout()


@every("flag", REFUSED, ids=lambda flag: flag.name)
def test_a_flag_that_nothing_takes_is_refused_by_name(flag: Flag) -> None:
    name = flag.name
    for phrase in (f"get pods --{name}=1", f"--{name}=1 get pods"):
        with pytest.raises(RefusedError, match=f"^error: --{name} is refused$") as caught:
            read(phrase, VERBS)
        assert caught.value.next_step


@pytest.mark.parametrize("letter", ["-s x", "-v=8"])
def test_a_letter_of_such_a_flag_is_refused_too(letter: str) -> None:
    with pytest.raises(RefusedError):
        read(f"get pods {letter}", VERBS)


@pytest.mark.parametrize(
    "output",
    [
        *("go-template={{.}}", "go-template", "go-template-file=x", "template=x", "templatefile=x"),
        *("jsonpath-file=x", "custom-columns-file=x", "kyaml"),
    ],
)
def test_a_format_that_cannot_be_had_is_refused_under_each_name(output: str) -> None:
    with pytest.raises(RefusedError, match=r"^error: -o ") as caught:
        read(f"get pods -o '{output}'", VERBS)
    assert caught.value.next_step


def test_a_template_without_a_format_is_a_go_template() -> None:
    with pytest.raises(RefusedError, match=r"^error: -o go-template is refused$"):
        refuse_formats("", "{{.kind}}")
    refuse_formats("jsonpath", "{.kind}")
    refuse_formats("", "")


def test_a_command_may_take_such_a_flag_for_itself() -> None:
    refuse(["user"], {"user"})
    with pytest.raises(RefusedError):
        refuse(["user"], ())
