"""Compiled code that is kept on disk, and what happens when it is damaged there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol


class Kernel(Protocol):
    """Makes a compiled function, the same one each time; its code may be kept on disk."""

    def __call__(self, *, on_disk: bool) -> Callable[..., Any]:
        """The function. Raises RuntimeError where there is no folder to keep its code in."""


def call_kept(kernel: Kernel, *arguments: object) -> Any:
    """Call a compiled function with the code that lies on disk, or compile it anew.

    What lies there may have been cut off by a full disk or a kill, and unpickling damaged code
    raises all sorts of errors. So whatever fails is tried again after the index on disk is emptied,
    which compiles and keeps the function anew, and at last in memory alone. An error of the
    function itself comes again and is raised.
    """
    with suppress(Exception):
        return kernel(on_disk=True)(*arguments)
    with suppress(Exception):
        kept: Any = kernel(on_disk=True)
        with suppress(OSError):
            # `recompile`, which is public, would take code away that other threads are running.
            kept._cache.flush()  # noqa: SLF001 - see above
        return kept(*arguments)
    return kernel(on_disk=False)(*arguments)


def is_kept(kernel: Kernel, *arguments: object) -> bool:
    """Whether code for arguments of these types is in memory or on disk.

    Numba says so nowhere in public. Where its inside is another, the answer is no.
    """
    from numba import typeof

    with suppress(Exception):
        kept: Any = kernel(on_disk=True)
        types = tuple(map(typeof, arguments))
        if types in kept.overloads:
            return True
        return kept._cache.load_overload(types, kept.targetctx) is not None  # noqa: SLF001 - see above
    return False
