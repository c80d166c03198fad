"""The plan in the deployment guide is one that `chain deploy --plan` takes."""

import itertools
import re
from pathlib import Path

from dpo_gov.chain.plan import SystemPlan

PAGE = Path(__file__).parents[2] / "docs" / "deployment.md"


def test_the_plan_of_the_page_loads(tmp_path: Path) -> None:
    """With an address in each place for one, nothing is missing and nothing is unknown."""
    (plan,) = re.findall(r"^```toml\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    numbers = itertools.count(1)
    filled, places = re.subn('"0x…"', lambda _: f'"0x{next(numbers):040d}"', plan)
    (tmp_path / "plan.toml").write_text(filled)
    loaded = SystemPlan.load(tmp_path / "plan.toml")
    (strategy,) = loaded.strategies
    assert strategy.layout.name == "core"
    assert set(strategy.assets) == set(strategy.layout.assets) == {"USDC", "WETH"}
    assert loaded.governance.voting_delay == 86_400
    text = loaded.model_dump_json()
    assert all(f"0x{number:040d}" in text for number in range(1, places + 1))
