"""Plain text, Markdown, JSON lines and mail."""

import codecs
import json
from datetime import date
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from claimcheck.errors import EmptyDocument, ReadError
from claimcheck.readers.encoding import decode
from claimcheck.text.normalise import normalise
from claimcheck.types import Document, SourceKind

from .conftest import read_all, read_one, refusal

SENTENCES = {
    "cp1252": "El año pasado la compañía anunció que abriría más fábricas en España, según la dirección.",
    "mac_roman": "À l’été, l’usine a été inaugurée à Besançon; les élus étaient présents à la cérémonie.",
    "cp1250": "Loni na podzim společnost oznámila, že příští rok postaví v tomto městě novou továrnu.",
    "cp1254": "Şirket geçen yıl bu şehirde yeni bir fabrika kuracağını açıkladı; belediye bunu olumlu karşıladı.",
    "koi8_r": "В прошлом году компания объявила, что построит новый завод в этом городе к лету.",
    "cp1251": "В прошлом году компания объявила, что построит новый завод в этом городе к лету.",
    "cp949": "작년에 회사는 올해 봄까지 이 도시에 새로운 공장을 짓겠다고 발표했다. 시장은 이를 환영했다.",
    "cp932": "昨年、会社はこの町に新しい工場を建てると発表した。市長はこれを歓迎している。",
    "gb18030": "去年公司宣布将在本市建设一座新工厂。市长对此表示欢迎，并说明年开工。",
}


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE])
def test_a_byte_order_mark_settles_the_encoding(write, mark):
    form = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
    text = "Größe: 5 €, 한국"
    assert read_one(write("a.txt", mark + text.encode(form.get(mark, "utf-32-le")))).text == text


@pytest.mark.parametrize(
    "text",
    ["Größe über 5 Meter", "naïve café", "Señal", "Fábrica abre em maio, diz ministério", "“Quoted” — it’s open"],
)
def test_short_western_texts_are_not_taken_for_others(write, text):
    assert read_one(write("a.txt", text.encode("cp1252"))).text == text


@pytest.mark.parametrize("encoding", sorted(SENTENCES))
def test_legacy_encodings_are_guessed_and_noted(write, encoding):
    text = SENTENCES[encoding]
    document = read_one(write("a.txt", text.encode(encoding)))
    assert document.text == text
    assert document.notes["encoding"]


def test_a_declared_encoding_is_tried_first_and_a_false_one_is_not_believed():
    assert decode("naïve".encode("cp1252"), "x", "ISO-8859-1")[0] == "naïve"
    assert decode("naïve – dash".encode("cp1252"), "x", "us-ascii")[0] == "naïve – dash"
    assert decode("naïve".encode(), "x", "utf-16")[0] == "naïve"
    assert decode("naïve".encode(), "x", "hex")[0] == "naïve"
    assert decode("naïve".encode(), "x", "no such thing")[0] == "naïve"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(lambda t: t[0] != "\ufeff"))
@settings(max_examples=50, deadline=None)
def test_utf8_is_never_mistaken(text):
    assert decode(text.encode(), "x") == (text, "utf-8")


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_decode_or_are_refused(data):
    try:
        text, _ = decode(data, "x")
    except ReadError:
        return
    assert isinstance(text, str)


def test_plain_text_keeps_its_lines_and_takes_a_title_that_stands_alone(write):
    document = read_one(write("a.txt", "Solar park opens\r\n\r\nIt opened in May.\r\nIt is large."))
    assert document.text == "Solar park opens\n\nIt opened in May.\nIt is large."
    assert document.title == "Solar park opens"
    assert read_one(write("b.txt", "It opened in May.\n\nIt is large.")).title is None


MARKDOWN = "# The *new* park\n\nIt has **54** turbines, [they say](http://x.test).\n"


def test_markdown_is_kept_as_written(write):
    document = read_one(write("draft.md", MARKDOWN))
    assert document.text == MARKDOWN
    assert document.title == "The new park"
    assert document.notes == {}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "front",
    [
        '---\ntitle: "Park: the facts"\nauthor: [Ann Lee, Bo Oh]\ndate: 2024-05-03\nlang: pt-BR\nslug: park\n---\n',
        '+++\ntitle = "Park: the facts"\nauthor = ["Ann Lee", "Bo Oh"]\ndate = 2024-05-03\nlang = "pt-BR"\n'
        'slug = "park"\n+++\n',
    ],
)
def test_front_matter_is_metadata_and_not_text(write, front, newline):
    raw = (front + MARKDOWN).replace("\n", newline)
    document = read_one(write("draft.md", raw))
    assert document.text == MARKDOWN
    assert document.title == "Park: the facts"
    assert document.author == "Ann Lee, Bo Oh"
    assert document.published == date(2024, 5, 3)
    assert document.lang == "pt"
    assert document.notes == {"slug": "park", "first_line": "8"}
    assert raw.splitlines()[int(document.notes["first_line"]) - 1] == MARKDOWN.splitlines()[0]


def test_front_matter_cannot_say_on_which_line_the_text_starts(write):
    assert read_one(write("draft.md", "---\nfirst_line: 99\n---\nText.")).notes == {"first_line": "4"}


@pytest.mark.parametrize(
    "raw",
    [
        "---\n\nA first thought stands here.\n\n---\n\nA second one follows.\n",
        "---\nonly an opening rule\n",
        "--- \n: : [unclosed\n---\ntext\n",
        "+++\nnot toml at all\n+++\ntext\n",
    ],
)
def test_rules_are_not_front_matter(write, raw):
    assert read_one(write("draft.md", raw)).text == normalise(raw)


def test_a_bomb_of_aliases_stays_small(write):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    document = read_one(write("bomb.md", "---\n" + "\n".join(lines) + "\n---\nText.\n"))
    assert document.text == "Text.\n"
    assert sum(map(len, document.notes.values())) < 1000


def test_a_heading_inside_code_is_no_title(write):
    assert (
        read_one(write("a.md", "```\n# comment\n```\n\nReal heading\n============\n\nText.\n")).title == "Real heading"
    )


def test_front_matter_alone_is_empty(write):
    assert isinstance(refusal(write("a.md", "---\ntitle: x\n---\n")), EmptyDocument)


FULL = {
    "id": "reg-1",
    "title": "Register\nof plants",
    "url": "https://x.test/1",
    "publisher": "The Regulator",
    "published": "2024-05-03T09:00:00Z",
    "lang": "en",
    "kind": "primary_record",
    "author": None,
    "text": "The plant in Leeds is not open.",
    "page": 7,
    "tags": ["a", "b"],
}


def test_json_lines_give_a_document_each(write):
    path = write("set.jsonl", "\ufeff" + json.dumps(FULL) + '\r\n\n{"text": "La planta abrió en mayo de este año."}\n')
    full, bare = read_all(path)
    assert full == Document(
        id="reg-1",
        text="The plant in Leeds is not open.",
        title="Register of plants",
        url="https://x.test/1",
        publisher="The Regulator",
        published=date(2024, 5, 3),
        lang="en",
        kind=SourceKind.PRIMARY_RECORD,
        path=str(path),
        sha256=full.sha256,
        notes={"page": "7", "tags": '["a", "b"]'},
    )
    assert bare.id.startswith("set-")
    assert bare.lang == "es"
    assert full.sha256 != bare.sha256


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("{", "is not JSON"),
        ("[]", "not a JSON object"),
        ('{"title": "x"}', 'no "text"'),
        ('{"text": "  "}', 'no "text"'),
        ('{"text": 5}', 'no "text"'),
        ('{"text": "Good words.", "published": "May 2024"}', '"published" is no day'),
        ('{"text": "Good words.", "kind": "rumour"}', '"kind" is none of primary_record'),
        ('{"text": "Good words.", "lang": "english"}', '"lang" is no two-letter'),
        ('{"text": "Good words.", "url": "javascript:alert(1)"}', '"url" is no http'),
        ('{"text": "Good words.", "title": 5}', '"title" is not a string'),
        ('{"text": "Good words.", "id": "first"}', "is that of line 1"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_a_bad_line_is_named_and_the_others_are_read(write, line, cause):
    first, bad, last = read_all(
        write("set.jsonl", f'{{"id": "first", "text": "One is here."}}\n{line}\n{{"text": "Three is here."}}\n')
    )
    assert isinstance(bad, ReadError)
    assert "line 2: " in bad.message
    assert cause in bad.message
    assert (first.text, last.text) == ("One is here.", "Three is here.")


def test_half_a_surrogate_pair_leaves_text_that_can_be_written(write):
    document = read_one(write("set.jsonl", '{"text": "Half \\ud83d here.", "note": "\\ud83d"}'))
    assert document.model_dump_json().encode()


def mail(**headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ann Lee <ann@x.test>"
    message["Subject"] = "Ouverture du parc « Süd »"
    message["Date"] = "Fri, 03 May 2024 09:00:00 +0200"
    return message


def test_a_mail_gives_its_plain_text_and_names_its_attachments(write):
    message = mail()
    message.set_content("Le parc a été ouvert en mai.\n")
    message.add_alternative("<p>Other</p>", subtype="html")
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename="plan.pdf")
    document = read_one(write("m.eml", bytes(message)))
    assert document.text == "Le parc a été ouvert en mai.\n"
    assert document.title == "Ouverture du parc « Süd »"
    assert (document.author, document.published) == ("Ann Lee", date(2024, 5, 3))
    assert document.notes == {"attachments": "plan.pdf"}


def test_a_mail_of_html_alone_gives_its_visible_text(write):
    message = mail()
    message.set_content("<style>p{}</style><p>The park<br>opened.</p><p>It is <b>large</b>.</p>", subtype="html")
    assert read_one(write("m.eml", bytes(message))).text == "The park\nopened.\n\nIt is large."


def test_flowed_lines_are_joined(write):
    raw = (
        b"From: a@x.test\r\nContent-Type: text/plain; format=flowed; charset=utf-8\r\n\r\n"
        b"The park opened \r\nin May.\r\nIt is large.\r\n"
    )
    assert read_one(write("m.eml", raw)).text == "The park opened in May.\nIt is large.\n"


def test_an_unknown_charset_in_a_mail_does_not_stop_it(write):
    raw = b"From: a@x.test\r\nContent-Type: text/plain; charset=x-none\r\n\r\nPlain words here.\r\n"
    assert read_one(write("m.eml", raw)).text == "Plain words here.\n"


def test_what_is_no_mail_is_refused(write):
    refusal(write("m.eml", "\nJust words, and no headers.\n"))
    message = mail()
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename="plan.pdf")
    refusal(write("n.eml", bytes(message)))
