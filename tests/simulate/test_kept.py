"""Compiled code that is damaged on disk is compiled and kept anew, with the same results."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dpo_gov.simulate.kept import call_kept, is_kept

numba = pytest.importorskip("numba", reason="numba is not installed here (extra `fast`)")


def start() -> Any:
    """A small kernel as a new process would have it."""

    @cache
    def kernel(*, on_disk: bool) -> Any:
        @numba.njit(cache=on_disk)
        def twice(x):
            return 2.0 * x

        return twice

    return kernel


def cut(share: float) -> Any:
    """Cuts a file down to a share of its bytes."""
    return lambda data: data[: int(len(data) * share)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that code is kept in."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("ending", ["nbi", "nbc"])
@pytest.mark.parametrize(
    "damage",
    [cut(0.0), cut(0.1), cut(0.5), cut(0.99), lambda data: b"no pickle"],
    ids=["empty", "a tenth", "half", "nearly whole", "a text"],
)
def test_damaged_code_is_compiled_anew(folder: Path, ending: str, damage: Any) -> None:
    """Index or code, cut off or something else: the call works, and the next start loads again."""
    assert call_kept(start(), 1.5) == 3.0
    (file,) = folder.rglob(f"*.{ending}")
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(Exception):  # noqa: B017, PT011 - whatever the damage raises
        start()(on_disk=True)(1.5)
    assert call_kept(start(), 1.5) == 3.0
    after = start()
    assert call_kept(after, 1.5) == 3.0
    assert sum(after(on_disk=True).stats.cache_hits.values()) == 1


def test_what_is_kept_is_known(folder: Path) -> None:
    """By the types of arguments: not before the first call, and from then on in each new start."""
    first = start()
    assert not is_kept(first, 1.5)
    call_kept(first, 1.5)
    assert is_kept(first, 1.5)
    after = start()
    assert is_kept(after, 2.5) and not is_kept(after, 2)
    next(folder.rglob("*.nbi")).unlink()
    assert not is_kept(start(), 1.5)


def test_a_folder_that_cannot_be_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be kept, the function is compiled in memory."""
    (tmp_path / "file").write_text("a file, where a folder is wanted")
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "file"))
    monkeypatch.setattr(numba.config, "CACHE_LOCATOR_CLASSES", "UserProvidedCacheLocator")
    assert call_kept(start(), 1.5) == 3.0


def test_an_error_of_the_function_is_raised() -> None:
    """Not swallowed by the attempts."""

    def broken(*, on_disk: bool) -> Any:
        return lambda: {}["of the function itself"]

    with pytest.raises(KeyError, match="of the function itself"):
        call_kept(broken)
