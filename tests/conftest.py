"""What all tests share: which folder belongs to whom."""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """`ape test` runs tests/ape and nothing else; plain pytest runs all but that folder.

    Ape's fixtures exist only under `ape test`, and its plugin costs every run six seconds.
    """
    started_by_ape = "ape_test" in (config.invocation_params.plugins or ())
    below = collection_path.relative_to(Path(__file__).parent)
    if not below.parts:
        return None
    return (below.parts[0] == "ape") is not started_by_ape or None
