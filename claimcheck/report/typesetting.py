"""Sets text in lines of a console: indents, columns and signs, in plain ASCII where nothing else can be shown."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import zip_longest
from typing import Final, NamedTuple

from rich.console import Console
from rich.style import Style
from rich.text import Text

from claimcheck.report.steering import visible
from claimcheck.report.wording import SIGNS, Standing

WIDEST: Final = 120
"""Lines longer than this are hard to read, however wide the terminal."""
NARROWEST: Final = 24

STANDING_STYLES: Final[Mapping[Standing, str]] = {
    Standing.CONTRADICTED: "bold #d55e00",
    Standing.PROVEN: "bold #009e73",
    Standing.ASPIRATIONAL: "bold #0072b2",
    Standing.SPECULATIVE: "bold #cc79a7",
    Standing.UNCHECKED: "bold",
}
"""The label's colour (Okabe and Ito, 2008); its word and sign always stand beside it."""


class Glyphs(NamedTuple):
    """The marks that a console can show beside letters."""

    rule: str
    open_quote: str
    close_quote: str
    dot: str
    bar: str


_FULL: Final = Glyphs("─", "“", "”", "·", "│")
_ASCII: Final = Glyphs("-", '"', '"', "-", "|")


class Typesetter:
    """Prints to a console, never over its width."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.width = max(NARROWEST, min(console.width, WIDEST))
        self._full = self._can_show("".join(_FULL) + "".join(sign.glyph for sign in SIGNS.values()))
        self.glyphs = _FULL if self._full else _ASCII

    def sign(self, standing: Standing) -> str:
        """The sign of a standing."""
        sign = SIGNS[standing]
        return sign.glyph if self._full else sign.ascii

    def quoted(self, text: str) -> str:
        """The text in quotation marks."""
        return f"{self.glyphs.open_quote}{text}{self.glyphs.close_quote}"

    def text(self, words: str, style: str | Style = "") -> Text:
        """Words as styled text that is safe to print here."""
        shown = visible(words)
        encoding = self._console.encoding
        return Text(shown.encode(encoding, "backslashreplace").decode(encoding), style)

    def put(self, text: Text, indent: int = 0) -> None:
        """Print text over as many lines as it needs."""
        for line in self._lines(text, self.width - indent):
            self._print(Text(" " * indent) + line)

    def put_after(self, lead: Text, text: Text) -> None:
        """Print text with ``lead`` in front of its first line and its other lines in line with the first."""
        indent = lead.cell_len
        for number, line in enumerate(self._lines(text, self.width - indent)):
            self._print((lead if number == 0 else Text(" " * indent)) + line)

    def put_side_by_side(self, left: list[Text], right: list[Text], indent: int, gap: int = 3) -> None:
        """Print two columns of paragraphs."""
        width = (self.width - indent - gap) // 2
        columns = [[line for text in texts for line in self._lines(text, width)] for texts in (left, right)]
        for one, other in zip_longest(*columns, fillvalue=Text("")):
            line = Text(" " * indent) + one
            if other.plain:
                line += Text(" " * (width - one.cell_len + gap)) + other
            self._print(line)

    def blank(self) -> None:
        """Print an empty line."""
        self._print(Text(""))

    def rule(self, title: str = "") -> None:
        """Print a line across the page, below a title if there is one."""
        if title:
            self.put(self.text(title, "bold"))
        self._print(Text(self.glyphs.rule * self.width, "dim"))

    def _lines(self, text: Text, width: int) -> list[Text]:
        lines = list(text.wrap(self._console, max(width, 1), overflow="fold", tab_size=4))
        for line in lines:
            line.rstrip()
        return lines

    def _print(self, line: Text) -> None:
        line.rstrip()
        self._console.print(line, no_wrap=True, overflow="ignore", crop=False, highlight=False)

    def _can_show(self, glyphs: str) -> bool:
        try:
            glyphs.encode(self._console.encoding)
        except UnicodeEncodeError:
            return False
        return True
