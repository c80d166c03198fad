"""The risk report: built from a simulation, bound to the vote by its hash, shown as one page."""

from dpo_gov.report.model import Report, hash_of
from dpo_gov.report.page import render_html
from dpo_gov.report.reading import load, parse
from dpo_gov.report.run import build, rebuild

__all__ = ["Report", "build", "hash_of", "load", "parse", "rebuild", "render_html"]
