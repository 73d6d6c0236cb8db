import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimcheck.text.normalise import normalise


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("one\r\ntwo\rthree\u2028four\x0cfive", "one\ntwo\nthree\nfour\nfive"),
        ("\ufeffBegin\u00adning", "Beginning"),
        ("zero\u200bwidth\u2060 \u202eleft\u202c", "zerowidth left"),
        ("1\u202f212\u00a0tonnes\u3000net", "1 212 tonnes net"),
        ("tab\tand\x00control\x9b", "tab\tandcontrol"),
        ("e\u0301cole", "école"),
        ("hid\u200dden", "hidden"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("unseen\U000e0041\U000e0042 tags", "unseen tags"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
    ],
)
def test_normal_form(raw, normal):
    assert normalise(raw) == normal


@given(st.text())
def test_normalising_twice_changes_nothing_more(text):
    once = normalise(text)
    assert normalise(once) == once


@given(st.text())
def test_normal_form_is_composed_and_free_of_controls(text):
    normal = normalise(text)
    assert unicodedata.is_normalized("NFC", normal)
    assert not [c for c in normal if unicodedata.category(c) == "Cc" and c not in "\n\t"]
    normal.encode("utf-8")
