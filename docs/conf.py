"""Configuration of the documentation."""

project = "dpo-gov"
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "dpo-gov"
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
