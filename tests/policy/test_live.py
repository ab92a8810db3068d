"""T29, F61: a policy that changes while it is in force, and what a bad one changes: nothing."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.core.errors import ConfigurationError
from bot.policy.live import LivePolicy
from tests.every import every
from tests.policy.test_reading import CORPUS, EXPECTED

GOOD = "version: 1\nown_namespace: first\n"
BETTER = "version: 1\nown_namespace: second\n"


@dataclass
class Told:
    """An alarm that keeps what it is told."""

    texts: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    async def tell(self, key: str, text: str, next_step: str = "") -> None:
        self.keys.append(key)
        self.texts.append(f"{text}\n{next_step}".rstrip())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "policy.yaml"
    file.write_text(GOOD)
    return file


async def looked(live: LivePolicy, told: Told, times: int = 2) -> str:
    for _ in range(times):
        await live.look(told)
    return live.policy.own_namespace


async def test_a_good_policy_comes_into_force_whole(file: Path) -> None:
    live, told = LivePolicy(file), Told()
    before, first = live.policy, live.digest
    file.write_text(BETTER)
    assert await looked(live, told) == "second"
    assert before.own_namespace == "first"
    assert live.digest != first
    assert told.texts == []


@every("name", EXPECTED)
async def test_each_broken_file_leaves_the_old_policy_in_force_and_is_told_once(
    file: Path, name: str
) -> None:
    file.write_text(GOOD)
    live, told = LivePolicy(file), Told()
    policy = live.policy
    file.write_bytes((CORPUS / f"{name}.yaml").read_bytes())
    await looked(live, told, 5)
    assert live.policy is policy
    [text] = told.texts
    assert f"line {EXPECTED[name]['line']}: {EXPECTED[name]['says']}" in text
    file.write_text(BETTER)
    assert await looked(live, told) == "second"
    assert told.texts[1:] == ["The policy file is good again, and in force."]


async def test_a_file_that_is_still_being_written_does_not_count(file: Path) -> None:
    live, told = LivePolicy(file), Told()
    for half in ("version: 1\n", "version: 1\nown_name", BETTER):
        file.write_text(half)
        assert await looked(live, told, 1) == "first"
    assert await looked(live, told, 1) == "second"
    assert told.texts == []


async def test_a_file_that_is_gone_for_a_moment_is_not_missed(file: Path) -> None:
    live, told = LivePolicy(file), Told()
    file.unlink()
    await live.look(told)
    file.write_text(BETTER)
    assert await looked(live, told) == "second"
    assert told.texts == []


async def test_a_file_that_stays_away_is_told(file: Path) -> None:
    live, told = LivePolicy(file), Told()
    file.unlink()
    assert await looked(live, told, 4) == "first"
    assert len(told.texts) == 1
    assert "there is no such file" in told.texts[0]
    file.write_text(GOOD)
    assert await looked(live, told) == "first"
    assert told.texts[1:] == ["The policy file is good again, and in force."]


async def test_another_bad_file_is_another_alarm(file: Path) -> None:
    live, told = LivePolicy(file), Told()
    for text in ("version: 2\n", "version: 3\n", "version: 2\n"):
        file.write_text(text)
        await looked(live, told, 3)
    assert len(told.texts) == 3
    assert told.keys[0] == told.keys[2] != told.keys[1]


async def test_a_mounted_configmap_is_followed_when_its_link_is_swapped(tmp_path: Path) -> None:
    for name, text in (("..one", GOOD), ("..two", BETTER)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "policy.yaml").write_text(text)
        # As a kubelet may do it: neither size nor times tell the two apart.
        os.utime(tmp_path / name / "policy.yaml", (0, 0))
    (tmp_path / "..data").symlink_to("..one")
    (tmp_path / "policy.yaml").symlink_to("..data/policy.yaml")
    live, told = LivePolicy(tmp_path / "policy.yaml"), Told()
    (tmp_path / "..next").symlink_to("..two")
    (tmp_path / "..next").rename(tmp_path / "..data")
    assert await looked(live, told) == "second"


async def test_whoever_remembers_people_hears_of_each_change_and_of_nothing_else(
    file: Path,
) -> None:
    live, told = LivePolicy(file), Told()
    heard: list[str] = []
    live.on_change.append(lambda: heard.append(live.policy.own_namespace))
    await looked(live, told)
    file.write_text("nonsense")
    await looked(live, told)
    assert heard == []
    file.write_text(BETTER)
    await looked(live, told, 4)
    assert heard == ["second"]


@pytest.mark.parametrize("text", ["", "version: 2\n"])
def test_a_bot_does_not_start_without_a_good_policy(file: Path, text: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigurationError, match="line 1: "):
        LivePolicy(file)
