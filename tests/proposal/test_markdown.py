import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dpo_gov.proposal.markdown import code, contained

MARKDOWN = MarkdownIt("gfm-like", {"linkify": False})
OURS = {"paragraph", "inline", "bullet_list", "ordered_list", "list_item"}
HOSTILE = """\
# A heading
Another
=======
and one more
---
- # in a list
- - - 
***
```python
never closed
~~~
> quoted
| a | b |
|---|---|
a | b
:-: | :-:
[link](https://evil.example) ![image](https://evil.example/x.png)
[USDC]: https://evil.example
<script>alert(1)</script> <!-- open &lt;b&gt;
    indented
#proposed
1. one
   - two
"""  # noqa: W291 - the blank belongs to the attack


def blocks(text: str) -> set[str]:
    """The kinds of block that a reader of Markdown finds."""
    return {
        token.type.removesuffix("_open").removesuffix("_close") for token in MARKDOWN.parse(text)
    }


def inlines(text: str) -> set[str]:
    """The kinds of inline content that a reader of Markdown finds."""
    found = set()
    for token in MARKDOWN.parse(text):
        found |= {child.type for child in token.children or []}
    return found


def test_hostile_text_stays_text() -> None:
    """Headings, tables, fences, links, images and HTML of an author are shown as typed."""
    assert blocks(contained(HOSTILE)) <= OURS
    assert not inlines(contained(HOSTILE)) & {"link_open", "image", "html_inline"}
    page = MARKDOWN.render(contained(HOSTILE))
    assert "# A heading" in page and "&lt;script&gt;" in page and "|---|---|" in page


def test_what_follows_is_not_swallowed() -> None:
    """Nothing that an author leaves open reaches the next heading."""
    for opened in (
        "```",
        "~~~",
        "<!--",
        "<div>",
        "- a\n  - b",
        "`code",
        "**bold",
        "$$",
        ">",
        "|a|",
    ):
        tokens = MARKDOWN.parse(contained(opened) + "\n\n## Ours\n")
        assert tokens[-3].type == "heading_open", opened


def test_lists_and_emphasis_are_the_authors() -> None:
    """Plain structure survives."""
    text = "- one\n- two\n  - three\n\n1. *first*\n2. **second** and `code`"

    assert contained(text) == text


@pytest.mark.parametrize(
    ("name", "shown"), [("targetWeight[USDC]", "`targetWeight[USDC]`"), ("a|b`c", "`a\\|b'c`")]
)
def test_names_are_inline_code(name: str, shown: str) -> None:
    """A name cannot break the table that it stands in."""
    assert code(name) == shown


SIGNS = "#>=-+*_`~|:<&![]()\\1. \n\tab"


@given(st.text(alphabet=SIGNS, max_size=80))
def test_no_combination_of_signs_breaks_out(text: str) -> None:
    """Whatever is typed, the text holds no foreign block and the next heading is a heading."""
    document = contained(text) + "\n\n## Ours\n"
    tokens = MARKDOWN.parse(document)

    assert {t.type.removesuffix("_open").removesuffix("_close") for t in tokens[:-3]} <= OURS
    assert [token.type for token in tokens[-3:]] == ["heading_open", "inline", "heading_close"]
    assert not inlines(contained(text)) & {"link_open", "image", "html_inline"}
