"""What is in a web page."""

import datetime

import pytest

from claimcheck.errors import EmptyDocument
from claimcheck.readers.html import visible_text

from .conftest import STORY, read_all, read_one, refusal


def test_a_page_gives_its_main_text_and_what_it_says_of_itself(write):
    document = read_one(write("story.html", STORY))
    assert document.text == (
        "Park opens\n\nThe park in Leeds opened on Monday with 54 turbines, and the minister said more would follow in "
        "the next year for the region.\n\nThe first phase is done.\n\nPlant\tMW\n\nLeeds\t54\n\nThe last paragraph of "
        "the story runs on with several more words, so that it is long enough to count."
    )
    assert (document.title, document.author, document.publisher) == ("Park opens", "Ann Lee", "The Daily")
    assert (document.published, document.lang) == (datetime.date(2024, 5, 3), "en")


def test_all_visible_text_where_there_is_no_main_text():
    markup = (
        "<html><head><title>t</title><style>p{}</style></head><body><p>One<br>two  <i>three</i></p><!-- no -->"
        "<div>four<script>no()</script> five</div><pre>a\n  b</pre><table><tr><td>x<td>y</table>tail</body></html>"
    )
    assert visible_text(markup) == "One\ntwo three\n\nfour five\n\na\nb\n\nx\ty\n\ntail"
    assert visible_text("") == ""


def test_a_page_in_an_old_encoding(write):
    page = '<html><head><meta charset="euc-kr"></head><body><p>회사는 올해 봄에 새로운 공장을 열었다.</p></body></html>'
    assert read_one(write("a.html", page.encode("cp949"))).text == "회사는 올해 봄에 새로운 공장을 열었다."


def test_a_page_that_a_script_writes_is_refused(write):
    error = refusal(write("a.html", "<html><body><div id=app></div><script>start()</script></body></html>"))
    assert isinstance(error, EmptyDocument)


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 5000 + "deep",
        "<p>&#xD800;&#0; x</p>",
        "<!DOCTYPE html [<!ENTITY a 'b'>]><p>&a; c</p>",
        "<table><td><li>",
    ],
)
def test_odd_pages_give_a_document_or_one_error(write, markup):
    assert len(read_all(write("a.html", markup))) == 1
