from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.command import Flag, FlagKind
from bot.core.errors import UsageError
from bot.grammar.flags import FlagSet, parse, takes_next_word
from tests.every import every

FLAGS = FlagSet.of(
    [
        Flag("all", FlagKind.BOOL, False, "A", alone="true"),
        Flag("cascade", FlagKind.STRING, "background", alone="background"),
        Flag("follow", FlagKind.BOOL, False, "f", alone="true"),
        Flag("label-columns", FlagKind.STRING_SLICE, (), "L"),
        Flag("for", FlagKind.STRING_ARRAY, ()),
        Flag("output", FlagKind.STRING, "", "o"),
        Flag("tail", FlagKind.INT, -1),
    ],
    unmentioned=[Flag("token", FlagKind.STRING, "")],
)


@every(
    ("words", "values", "arguments"),
    [
        pytest.param("--output=wide", {"output": "wide"}, "", id="equals"),
        pytest.param("--output wide", {"output": "wide"}, "", id="next-word"),
        pytest.param("--output=", {"output": ""}, "", id="empty"),
        pytest.param("--output=a=b", {"output": "a=b"}, "", id="equals-in-the-value"),
        pytest.param("-o wide", {"output": "wide"}, "", id="letter"),
        pytest.param("-owide", {"output": "wide"}, "", id="letter-joined"),
        pytest.param("-o=wide", {"output": "wide"}, "", id="letter-equals"),
        pytest.param("-o=", {"output": "="}, "", id="letter-equals-nothing"),
        pytest.param("-o -A", {"output": "-A"}, "", id="value-like-a-flag"),
        pytest.param("-o --", {"output": "--"}, "", id="value-like-the-terminator"),
        pytest.param("-Af", {"all": True, "follow": True}, "", id="letters"),
        pytest.param("-Afo wide", {"all": True, "follow": True, "output": "wide"}, "", id="group"),
        pytest.param("-Aowide", {"all": True, "output": "wide"}, "", id="group-joined"),
        pytest.param("-A=false", {"all": False}, "", id="switch-off"),
        pytest.param("-A false", {"all": True}, "false", id="a-switch-takes-no-word"),
        pytest.param("--cascade web", {"cascade": "background"}, "web", id="alone"),
        pytest.param("--cascade=orphan", {"cascade": "orphan"}, "", id="alone-with-value"),
        pytest.param("--tail=5 --tail 0x10", {"tail": 16}, "", id="last-wins"),
        pytest.param("-L a,b -L c", {"label-columns": ("a", "b", "c")}, "", id="slices-add-up"),
        pytest.param("-L=", {"label-columns": ("=",)}, "", id="slice-letter-equals"),
        pytest.param("--label-columns=", {"label-columns": ()}, "", id="empty-slice"),
        pytest.param("--for a,b --for c", {"for": ("a,b", "c")}, "", id="arrays-are-not-split"),
        pytest.param("--label_columns a", {"label-columns": ("a",)}, "", id="underscore"),
        pytest.param("x -A y -o z w", {"all": True, "output": "z"}, "x y w", id="interspersed"),
        pytest.param("- x", {}, "- x", id="a-dash-is-an-argument"),
        pytest.param("x -- -A --bogus", {}, "x -A --bogus", id="terminator"),
        pytest.param("x -- y -- z", {}, "x y -- z", id="second-terminator"),
    ],
)
def test_words_mean_what_pflag_makes_of_them(
    words: str, values: dict[str, object], arguments: str
) -> None:
    reading = parse(words.split(), FLAGS)
    assert (reading.values, reading.arguments) == (values, arguments.split())


@pytest.mark.parametrize(
    ("words", "count"),
    [("x y", -1), ("x -- y", 1), ("-- y", 0), ("x y --", 2), ("x -o -- y", -1)],
)
def test_the_arguments_before_the_terminator_are_counted(words: str, count: int) -> None:
    assert parse(words.split(), FLAGS).after_dash == count


def test_what_was_typed_is_kept_in_its_order() -> None:
    reading = parse(["--tail=1", "-A", "-o", "a", "--tail=0x2", "-L", "x,y", "-L", "z"], FLAGS)
    assert list(reading.typed.items()) == [
        ("tail", ("1", "0x2")),
        ("all", ("true",)),
        ("output", ("a",)),
        ("label-columns", ("x,y", "z")),
    ]


@every(
    ("words", "text"),
    [
        ("--bogus", "unknown flag: --bogus"),
        ("--bogus=1", "unknown flag: --bogus"),
        ("--all_=1", "unknown flag: --all_"),
        ("-x", "unknown shorthand flag: 'x' in -x"),
        ("-Axy", "unknown shorthand flag: 'x' in -xy"),
        ("-A=", "unknown shorthand flag: '=' in -="),
        ("-'", r"unknown shorthand flag: '\'' in -'"),
        ("--=x", "bad flag syntax: --=x"),
        ("---x", "bad flag syntax: ---x"),
        ("--output", "flag needs an argument: --output"),
        ("-o", "flag needs an argument: 'o' in -o"),
        ("-Ao", "flag needs an argument: 'o' in -o"),
        (
            "--tail=abc",
            'invalid argument "abc" for "--tail" flag: strconv.ParseInt: parsing "abc": '
            "invalid syntax",
        ),
        (
            "-A=maybe",
            'invalid argument "maybe" for "-A, --all" flag: strconv.ParseBool: parsing "maybe": '
            "invalid syntax",
        ),
    ],
)
def test_what_cannot_be_read_is_told_in_pflags_words(words: str, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(words.split(), FLAGS)
    assert caught.value.text == text


@every(
    ("word", "meant"),
    [
        ("--outptu", "Did you mean `--output`?"),
        ("--out", "Did you mean `--output`?"),
        ("-tail", "Did you mean `--tail`?"),
        ("-Atail", "Did you mean `--tail`?"),
        ("--label_column", "Did you mean `--label-columns`?"),
        ("--toke", ""),
        ("--t", ""),
        ("--nothing-like-it", ""),
    ],
)
def test_the_flag_that_was_meant_is_named(word: str, meant: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse([word], FLAGS)
    assert caught.value.next_step == meant


@every(
    ("word", "takes"),
    [
        ("--output", True),
        ("--output=x", False),
        ("--all", False),
        ("--unknown", True),
        ("-o", True),
        ("-A", False),
        ("-x", True),
        ("-ox", False),
        ("-Ao", False),
        ("-", False),
        ("word", False),
        ("", False),
    ],
)
def test_a_flag_before_the_verb_takes_the_next_word(word: str, takes: bool) -> None:
    assert takes_next_word(word, FLAGS) is takes


def test_the_first_group_of_flags_hides_the_others() -> None:
    own = Flag("token", FlagKind.INT, 0, "A")
    flags = FlagSet.of(
        [own], [Flag("all", FlagKind.BOOL, False, "A", alone="true")], FLAGS.by_name.values()
    )
    assert (flags.long("token"), flags.by_letter["A"]) == (own, own)


@given(st.lists(st.text(st.sampled_from('-=AoLtail, "x5'), max_size=8)))
def test_any_words_are_read_or_refused(words: list[str]) -> None:
    with suppress(UsageError):
        parse(words, FLAGS)
