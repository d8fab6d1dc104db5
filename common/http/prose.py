"""The little Markdown that docstrings and descriptions use, as HTML: paragraphs, lists, code, emphasis, links."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_CODE = re.compile(r"`([^`]+)`")
_STRONG = re.compile(r"\*\*([^*]+)\*\*")
_LINK = re.compile(r"\[([^\]]+)\]\(([#/][^)\s]*)\)")
_BLOCKS = re.compile(r"\n\s*\n|\n(?=- )")


def prose(text: str) -> Markup:
    """Return the text as HTML; whatever it holds is escaped first."""
    parts = []
    for block in filter(None, (block.strip() for block in _BLOCKS.split(text.strip()))):
        item = block.startswith("- ")
        parts.append((item, _inline(block.removeprefix("- "))))
    html = "".join(f"<li>{content}</li>" if item else f"<p>{content}</p>" for item, content in parts)
    return Markup(re.sub(r"((?:<li>.*?</li>)+)", r"<ul>\1</ul>", html, flags=re.DOTALL))  # noqa: S704 - escaped above


def _inline(text: str) -> str:
    html = str(escape(text))
    html = _CODE.sub(r"<code>\1</code>", html)
    html = _STRONG.sub(r"<strong>\1</strong>", html)
    return _LINK.sub(r'<a href="\2">\1</a>', html)
