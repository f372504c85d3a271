"""Names leave texts, and nothing else does."""

from hypothesis import given
from hypothesis import strategies as st

from alignment_dash.access.persondata.redaction import Words, redact, words_of

ADA = words_of(given={"Ada", "Addie"}, family="Byron", emails={"ada@d.example"}, ids={"4711"})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def test_redact_takes_names_addresses_and_whole_ids_out_of_texts_keys_and_lists():
    value = {
        "Ada Byron": ["byron, addie", "ADA@d.example wrote", "4711", "14711", "row 4711 of 3"],
        "Joada Byrony": {"Byron": "Ada"},
        "n": 4711,
    }
    assert redact(value, ADA) == {
        "(removed)": ["(removed)", "(removed) wrote", "(removed)", "14711", "row 4711 of 3"],
        "Joada Byrony": {"Byron": "Ada"},
        "n": 4711,
    }


def test_redact_takes_the_family_name_alone_only_when_asked_and_as_it_is_written():
    text = "Byron and BYRON_2 by byron, Byrony or Lady Byron-Noel"
    assert redact(text, ADA) == text
    assert redact(text, ADA, family=True) == (
        "(removed) and (removed)_2 by byron, Byrony or Lady (removed)-Noel"
    )
    assert redact("Wu and Wu", words_of(given=set(), family="Wu", emails=set()), family=True) == "Wu and Wu"


@given(JSON)
def test_redact_without_words_changes_nothing(value):
    assert redact(value, Words()) == value


@given(JSON)
def test_redact_twice_is_redact_once(value):
    once = redact([value, "Ada Byron"], ADA)
    assert redact(once, ADA) == once
