"""Reports in which every text that comes from outside is set against its reader."""

from datetime import date

from hypothesis import strategies as st

from claimcheck.text.normalise import normalise
from claimcheck.types import (
    Anchor,
    Basis,
    Citation,
    CorpusSearched,
    Document,
    Finding,
    Label,
    ModelUsed,
    Relation,
    Report,
    Skipped,
    SkipReason,
    Span,
    Unchecked,
    Verdict,
)

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><style>*{display:none}</style>",
    "</p></blockquote></main><b>bold</b>",
    "<!-- --> <![CDATA[ ]]>",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt; &amp;amp; &#60;",
    "[click](javascript:alert(1)) ![x](https://evil.example/x.png) <https://evil.example>",
    "https://evil.example/path www.evil.example me@evil.example",
    "# heading\n- list\n> quote\n```\ncode\n```\n| a | b |\n|---|---|",
    "\n===\n1. one\n---\n",
    "*em* __strong__ ~~gone~~ `code` $x^2$ :smile: \\",
    "=HYPERLINK(1)",
    "@SUM(1)",
    "현대로템 شركة 公司 👩‍🚀",
)
BIDI = "\u202egnp.exe\u2066 \u200f"
TERMINAL = "\x1b[31mred\x1b]8;;https://evil.example\x07\x9b2J\r"

_any_texts = st.lists(
    st.sampled_from(ATTACKS) | st.text("ab <>&\"'`{}%#=/\\[]()!*_~|:.\n\tñ한😀", max_size=12), min_size=1, max_size=4
).map(lambda parts: normalise(" ".join(parts)))
texts = _any_texts.filter(lambda text: text.strip() != "")

addresses = st.sampled_from(
    (
        "https://example.org/a_(b)?c=1&copy=2;d#e",
        "http://example.org/",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "https://",
        "//evil.example",
        'https://example.org/"onclick="alert(1)',
        "https://example.org/ x",
        "https://[bad",
        "file:///etc/passwd",
        "vbscript:x",
    )
)


def hostile_report(text: str, address: str = "javascript:alert(1)", draft: str | None = None) -> Report:
    """A report in which everything that can come from outside is ``text`` or ``address``.

    Args:
        text: stands in every text field.
        address: stands in every address.
        draft: the draft; ``text`` if there is none.
    """
    draft_text = draft if draft is not None else text
    source = Document(
        id=f"source {text}", text=f"{text} {text} {text}", title=text, publisher=text, url=address, notes={text: text}
    )
    start = len(text) + 1
    span = Span(start=0, end=len(draft_text))
    claim = {"id": text, "claim": text, "span": span, "quote": draft_text, "speaker": text}

    def citation(relation: Relation) -> Citation:
        return Citation(
            document=source.id,
            title=text,
            url=address,
            publisher=text,
            published=None,
            start=start,
            end=start + len(text),
            quote=text,
            locator=text,
            relation=relation,
            probability=0.5,
        )

    def verdict(basis: Basis, *relations: Relation) -> Finding:
        citations = tuple(citation(relation) for relation in relations)
        return Verdict(
            **claim,
            label=Label.SPECULATIVE,
            basis=basis,
            confidence=0.5,
            citations=citations,
            rule=text,
            would_settle=text,
        )

    return Report(
        claimcheck=text,
        document=Document(
            id=text,
            text=draft_text,
            title=text,
            publisher=text,
            author=text,
            path=text,
            sha256=text,
            anchors=(Anchor(span=span, locator=text),),
        ),
        as_of=date(2025, 12, 31),
        findings=(
            verdict(Basis.MIXED, Relation.SUPPORTS, Relation.REFUTES),
            verdict(Basis.CONTRADICTED, Relation.REFUTES),
            verdict(Basis.NO_EVIDENCE, Relation.UNRELATED),
            Unchecked(**claim, reason=text, next_step=text),
        ),
        skipped=(Skipped(span=span, quote=draft_text, reason=SkipReason.OPINION),),
        corpus=CorpusSearched(location=text, fingerprint=text, documents=1, passages=1, newest=None),
        models=(ModelUsed(task=text, name=text, sha256=text),),
        settings={text: text},
        sources=(source,),
    )
