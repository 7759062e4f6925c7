"""What a page shows of text that is strange or hostile."""

import pytest

from refundkit.exporters.documents.page_text import font_notes, printable, right_to_left, shown


def test_html_in_a_text_is_text():
    assert shown('<img src="http://x">&amp;') == "&lt;img src=&#34;http://x&#34;&gt;&amp;amp;"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\x00b", "[U+0000]"),
        ("a\x1b[2Jb", "[U+001B]"),
        ("a\rb", "[U+000D]"),
        ("invoice \u202e001", "[U+202E]"),
        ("a\u200bb", "[U+200B]"),
        ("a\u2028b", "[U+2028]"),
        ("\ud800", "[U+D800]"),
        ("\ue000", "[U+E000]"),
        ("\uffff", "[U+FFFF]"),
        ("\ufeffa", "[U+FEFF]"),
    ],
)
def test_what_cannot_be_seen_is_written_as_its_number(text, written):
    html = str(shown(text))
    assert f'<span class="esc">{written}</span>' in html
    assert html.encode()  # nothing left that has no byte form


def test_letters_of_all_scripts_line_feeds_and_joiners_stay():
    for text in ("李雷 naïve café", "हिन्दी", "a\nb\tc", "می\u200cخواهم", "e\u0301\u0323"):
        assert "esc" not in shown(text)


def test_a_carriage_return_before_a_line_feed_is_part_of_the_line_end():
    assert shown("a\r\nb") == "a\nb"


def test_a_character_without_a_glyph_is_written_as_its_number():
    assert shown("a🎉b", {0x1F389}) == 'a<span class="esc">[U+1F389]</span>b'


def test_marks_piled_on_one_letter_cannot_reach_other_lines():
    html = str(shown("Z" + "\u0301" * 500))
    assert html.count("\u0301") == 6
    assert html.count("[U+0301]") == 494


def test_direction_follows_the_first_letter_that_has_one():
    assert right_to_left("123 שלום abc")
    assert right_to_left("مرحبا")
    assert not right_to_left("abc שלום")
    assert not right_to_left("168.00")
    assert str(shown("مرحبا")).startswith('<span dir="rtl">')


def test_notes_name_the_characters_and_the_package_that_helps():
    notes = font_notes({0x674E, 0x96F7, 0x1F389, 0x0E17, 0xE000})
    assert len(notes) == 4
    assert any("U+674E, U+96F7" in n and "fonts-noto-cjk" in n for n in notes)
    assert any("U+1F389" in n and "fonts-symbola" in n for n in notes)
    assert any("U+0E17" in n and "fonts-noto-core" in n for n in notes)
    assert any("U+E000" in n and "No font package" in n for n in notes)
    assert all(n.isascii() for n in notes)


def test_a_note_about_thousands_of_characters_stays_short():
    (note,) = font_notes(range(0x4E00, 0x4E00 + 5000))
    assert len(note) < 600
    assert "and 4976 more" in note


def test_printable_text_cannot_steer_a_terminal_and_is_cut():
    assert printable("a\x1b[31m\u202eb" + "x" * 500, 8) == "a[U+001B][31m[U+202E]b"
