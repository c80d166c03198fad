"""Characters that a reader does not see, though they change what is read."""

from __future__ import annotations

import unicodedata

_UNSEEN = frozenset(("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"))


def hidden_character(text: str, allowed: str = "\n\t") -> str | None:
    """The first character that a reader would not see: control, bidi, zero width, private use.

    Returns its code and name, or None.
    """
    for character in text:
        if unicodedata.category(character) in _UNSEEN and character not in allowed:
            return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()
    return None
