"""The content of an audit document as canonical JSON."""

from refundkit.model.canonical import parse


def test_the_json_holds_every_text_of_the_content_exactly(shop):
    content = shop.content(words="李雷 🎉\r\n\x00\u202e")
    data = parse(content.as_json())
    assert data == content.as_data()
    assert data["words"] == "李雷 🎉\r\n\x00\u202e"
    assert data["records"][0]["rows"][0][2] == "Fit compressor"
    assert data["decisions"][0]["reason"] == "Half the visit was not done; the customer is right."


def test_half_a_surrogate_pair_does_not_stop_the_document(shop):
    assert parse(shop.content(words="a\udcffb").as_json())["words"] == "a[U+DCFF]b"
