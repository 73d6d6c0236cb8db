"""Replies on disk: found again, by several at once, and by their owner alone."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from claimcheck.errors import CacheError
from claimcheck.llm.kept import FILE, KeptReplies, key_of

HERE = Path(__file__).resolve().parent


def test_a_reply_is_found_under_its_key_alone(tmp_path: Path) -> None:
    kept = KeptReplies(tmp_path / "new" / "folder")
    assert kept.get("a") is None
    kept.keep("a", "ä\n€")
    kept.keep("a", "second")
    assert (kept.get("a"), kept.get("b")) == ("second", None)
    kept.close()
    assert KeptReplies(tmp_path / "new" / "folder").get("a") == "second"


def test_two_processes_may_keep_at_once(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent.parent)}
    command = [sys.executable, str(HERE / "keep_process.py"), str(tmp_path)]
    processes = [subprocess.Popen([*command, name, "40"], env=environment) for name in ("one", "two")]
    assert [process.wait() for process in processes] == [0, 0]
    kept = KeptReplies(tmp_path)
    assert all(kept.get(f"{name}-39") == f"reply of {name}" for name in ("one", "two"))
    kept.close()


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    KeptReplies(tmp_path / "replies").close()
    assert stat.S_IMODE((tmp_path / "replies").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "replies" / FILE).stat().st_mode) == 0o600


def test_a_damaged_file_is_an_error_and_no_reply(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database " * 1000)
    with pytest.raises(CacheError, match="cannot be used") as raised:
        KeptReplies(tmp_path)
    assert "Delete the folder" in raised.value.next_step


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(CacheError):
        KeptReplies(tmp_path / "file" / "replies")


def test_the_key_depends_on_everything_and_on_no_order_of_names() -> None:
    assert key_of({"a": 1, "b": ["x"]}) == key_of({"b": ["x"], "a": 1})
    assert len({key_of(asked) for asked in ({"a": 1}, {"a": "1"}, {"a": [1]}, {"b": 1}, {"a": "é"}, {"a": "e"})}) == 6
