import numpy as np
import pytest

from fsdl_hwr import alphabet
from fsdl_hwr.alphabet import Alphabet


def test_default_has_79_characters_after_emnists_62_and_the_blank_first():
    default = Alphabet()
    assert len(default.characters) == 79
    assert default.num_classes == 80
    assert default.characters.startswith(alphabet.EMNIST_CHARACTERS)
    assert default.characters[62:] == " !\"#&'()*+,-./:;?"
    assert default.encode("0").tolist() == [1]
    assert default.encode("?").tolist() == [79]


def test_encode_and_decode_are_inverse_and_padding_is_left_out():
    abc = Alphabet("abc ")
    label = abc.encode("cab ca")
    assert label.dtype == np.int32
    assert label.tolist() == [3, 1, 2, 4, 3, 1]
    assert abc.decode([*label, 0, 0]) == "cab ca"
    assert abc.encode("").shape == (0,)
    assert abc.decode([]) == ""


def test_encode_names_the_character_its_place_and_the_text():
    with pytest.raises(ValueError, match="'ß' at position 2 of 'Fuß'.*clean"):
        Alphabet().encode("Fuß")


def test_clean_drops_and_counts():
    text, dropped = Alphabet("ab").clean("a–b–é")
    assert text == "ab"
    assert dropped == {"–": 2, "é": 1}


def test_alphabets_are_values():
    assert Alphabet("ab") == Alphabet("ab") != Alphabet("ba")
    assert hash(Alphabet("ab")) == hash(Alphabet("ab"))
    assert "a" in Alphabet("ab") and "c" not in Alphabet("ab")


@pytest.mark.parametrize("characters, message", [("", "empty"), ("abca", r"repeated: \['a'\]")])
def test_impossible_alphabets(characters, message):
    with pytest.raises(ValueError, match=message):
        Alphabet(characters)


def test_fold_joins_look_alikes_and_no_others():
    assert alphabet.fold("O0o I1l Zz2") == "000 111 222"
    assert alphabet.fold("A4nh") == "A4nh"
    members = "".join(alphabet.LOOK_ALIKES)
    assert len(set(members)) == len(members)  # nothing is in two groups


def test_class_map_goes_by_character_then_by_capital():
    balanced = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt"
    classes = alphabet.class_map(alphabet.EMNIST_CHARACTERS, balanced)
    assert "".join(balanced[k] for k in classes[36:]) == "abCdefghIJKLMnOPqrStUVWXYZ"
    assert classes[:36].tolist() == list(range(36))
    assert alphabet.class_map("a?", "A").tolist() == [0, -1]


def test_texts_that_look_the_same_have_the_same_label():
    composed, apart = "caf\u00e9", "cafe\u0301"
    one, two = Alphabet("acfe\u00e9"), Alphabet("acfe\u0301")
    for text in (composed, apart):
        assert one.decode(one.encode(text)) == composed
        assert two.decode(two.encode(text)) == apart
        assert one.clean(text)[0] == composed and two.clean(text)[0] == apart
        assert Alphabet("acfe").clean(text)[0] == "caf"  # never cafe
