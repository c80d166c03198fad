"""`ape dpo …`: the same commands under Ape, found by its entry point `ape_cli_subcommands`."""

from __future__ import annotations

from dpo_gov.cli import main as cli

__all__ = ["cli"]
