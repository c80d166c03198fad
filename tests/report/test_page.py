"""The page: self-contained, escaped, accessible, and the same bytes every time."""

from __future__ import annotations

import itertools
import math
import re
from html.parser import HTMLParser

import pytest

from dpo_gov.report import Report, render_html

VOID = {"meta", "br", "hr", "img", "link", "input", "use", "path", "rect", "line", "circle"}


class Page(HTMLParser):
    """What a browser would find: elements with their attributes, text, and unclosed tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        """An element opens."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        """An element that is closed at once."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        """An element closes; it must be the one that was opened last."""
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        """Text between tags."""
        self.words.append(data)

    @property
    def text(self) -> str:
        """All text, with single spaces."""
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every element with this tag."""
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def html(report: Report) -> str:
    """The page with texts of an author."""
    return render_html(
        report, title="Hold more USDC", summary="Less risk.", link="https://forum.example/t/1"
    )


def test_fetches_nothing(html):
    """No element loads anything, no style names a place, and the policy forbids both."""
    page = Page(html)
    names = {name for name, _ in page.elements}
    assert not names & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "base",
        "form",
        "image",
    }
    for name, attributes in page.elements:
        for attribute, value in attributes.items():
            if attribute in ("src", "srcset", "data", "action", "poster", "background"):
                pytest.fail(f"{name} has {attribute}={value}")
            if attribute.endswith("href") and name != "a":
                assert value.startswith("#")
            assert not attribute.startswith("on")
    assert all(place.startswith("#") for place in re.findall(r"url\(([^)]*)\)", html))
    assert "@import" not in html
    policy = [meta["content"] for meta in page.all("meta") if "http-equiv" in meta]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert re.findall(r"https?://[^\"< ]+", html) == ["https://forum.example/t/1"] * 2


HOSTILE = '</title><script>alert(1)</script><img src=x onerror="alert(2)">{{ 7 * 7 }}'


def test_hostile_texts_stay_text(report):
    """Texts of a proposal, a market and a layout are shown as they are and never become markup."""
    market = report.inputs.market.model_copy(update={"name": HOSTILE})
    layout = report.inputs.layout.model_copy(update={"name": HOSTILE})
    inputs = report.inputs.model_copy(update={"market": market, "layout": layout})
    hostile = report.model_copy(
        update={"inputs": inputs, "assumptions": (HOSTILE,), "stress_notes": (HOSTILE,)}
    )
    page = Page(render_html(hostile, title=HOSTILE, summary=HOSTILE))
    assert not page.open
    assert not page.all("script")
    assert not page.all("img")
    assert page.text.count(HOSTILE) == 8


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "//evil.example", ""])
def test_only_web_links(report, link):
    """A discussion that is no web address is left out."""
    assert not Page(render_html(report, link=link)).all("a")


def test_same_bytes_whatever_the_user_prefers(report, html):
    """The page does not move with a second run or the user's own plot settings."""
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 30, "svg.hashsalt": None, "axes.grid": False}):
        again = render_html(
            report, title="Hold more USDC", summary="Less risk.", link="https://forum.example/t/1"
        )
    assert again == html


def test_no_trace_of_time_or_tool(html):
    """The page has no date of its making and does not depend on the version of matplotlib."""
    import matplotlib as mpl

    assert "matplotlib" not in html.lower()
    assert mpl.__version__ not in html
    assert not re.search(r"dc:date|\d\d:\d\d:\d\d", html)


def test_structure_is_sound(html):
    """Tags are closed, ids differ, references lead somewhere, headings descend one by one."""
    page = Page(html)
    assert not page.open
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for name, attributes in page.elements:
        for attribute in ("aria-labelledby", "xlink:href"):
            if attribute in attributes:
                assert attributes[attribute].removeprefix("#") in ids, name
    levels = [int(name[1]) for name, _ in page.elements if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))


def test_readable_without_eyes(html):
    """Every plot says what it shows, every header cell has its scope, the language is given."""
    page = Page(html)
    assert page.all("html") == [{"lang": "en"}]
    plots = list(page.all("svg"))
    assert len(plots) == 4
    assert all(svg["role"] == "img" and len(svg["aria-label"]) > 60 for svg in plots)
    assert all(cell["scope"] in ("row", "col") for cell in page.all("th"))


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "page"),
    [("ink", "page"), ("muted", "page"), ("current", "page"), ("proposed", "page"),
     ("ink", "raised"), ("warn-ink", "warn")],
)  # fmt: skip
def test_contrast(html, theme, ink, page):
    """Text and lines have the contrast of WCAG AA, 4.5 to 1, in both themes."""
    block = re.findall(r":root \{(.*?)\}", html, flags=re.DOTALL)[theme]
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
    light, dark = sorted((_luminance(colours[ink]), _luminance(colours[page])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_says_what_a_voter_needs(html, report):
    """Verdict, both sides, blind spots, assumptions, hashes and the command are on the page."""
    text = Page(html).text
    for part in (
        "Hold more USDC",
        "lowers the mean loss of the worst 5 % of cases from",
        "Not modelled.",
        "oracleMaxStaleness",
        "2000 → 2500 bps",
        "0.25 % to 20 %",
        "STABLE: assumed",
        "10,000,000 US dollars",
        "pandemic sell-off",
        "What each change contributes",
        report.hash_text,
        report.current.outputs_sha256,
        report.proposed.outputs_sha256,
        report.inputs.market_sha256,
        "dpo-gov sim run PROPOSAL --paths 1003 --seed 7 --horizon 90 --market FILE --json",
        "this report is no part of a vote",
        "2 regimes (calm and stressed) with a volatility each",
        "math v1, model v1",
    ):
        assert part in text, part


def test_says_how_much_luck_is_in_one_sharpe_ratio(html, report):
    """Lo's standard error for daily returns over the horizon, in yearly terms: √(365 / days) and
    a little more for a ratio that is not zero."""
    days, ratio = report.inputs.horizon_days, report.current.figures["sharpe"].estimate
    expected = math.sqrt(365 / days * (1 + ratio**2 / 365 / 2))
    assert f"lies ±{expected:.2f} (a standard error, Lo 2002)" in html


def test_title_of_its_own(report):
    """Without the author's texts the page still has a title, and no empty quote."""
    page = Page(render_html(report))
    assert "Change of the parameters of strategy core" in page.text
    assert not [p for p in page.all("p") if p.get("class") == "quote"]
