"""Croissant metadata and a card, from a manifest and a few sentences."""

import json

import jsonschema
import pytest

from fsdl_hwr.datasets import data_card
from fsdl_hwr.datasets.manifest import Row

ABOUT = data_card.About(
    name="letters", version="1.0", description="Letters of 1905.", published="2026-11-28",
    license="https://creativecommons.org/licenses/by/4.0/", url="https://example.org/letters",
    collected="Scanned.", labeled="By two people.", limits="Nothing else.",
)  # fmt: skip
ROWS = [
    Row("a.jpg", "a" * 64, 100, 10, 20, "00" * 8, "w1", "train", "me", "1"),
    Row("b/c.xml", "b" * 64, 50, writer="w2"),
]
# The properties that Croissant 1.0 asks of a data set, its files and its records.
CROISSANT = {
    "required": ["@context", "@type", "name", "description", "license", "url", "conformsTo",
                 "distribution", "recordSet", "version", "datePublished"],
    "properties": {
        "@type": {"const": "sc:Dataset"},
        "conformsTo": {"const": "http://mlcommons.org/croissant/1.0"},
        "distribution": {"type": "array", "minItems": 1, "items": {
            "required": ["@type", "@id", "name", "contentUrl", "encodingFormat", "sha256"],
            "properties": {"@type": {"const": "cr:FileObject"},
                           "sha256": {"pattern": "^[0-9a-f]{64}$"}}}},
        "recordSet": {"type": "array", "items": {"required": ["@type", "@id", "name", "field"],
            "properties": {"field": {"type": "array", "items": {
                "required": ["@type", "@id", "name", "dataType", "source"],
                "properties": {"source": {"required": ["fileObject", "extract"]}}}}}}},
    },
}  # fmt: skip


def test_metadata_has_what_croissant_asks_for():
    record = data_card.croissant(ABOUT, ROWS, "c" * 64)
    jsonschema.validate(json.loads(json.dumps(record)), CROISSANT)
    files = {entry["@id"]: entry for entry in record["distribution"]}
    assert files["a.jpg"]["sha256"] == "a" * 64 and files["manifest.json"]["sha256"] == "c" * 64
    assert files["b/c.xml"]["encodingFormat"] == "application/xml"
    known = set(files)
    for field in record["recordSet"][0]["field"]:
        assert field["source"]["fileObject"]["@id"] in known


def test_a_version_without_files_is_refused():
    with pytest.raises(ValueError, match="no files"):
        data_card.croissant(ABOUT, [], "c" * 64)


def test_the_card_counts_what_the_manifest_holds():
    card = data_card.card(ABOUT, ROWS, 1234)
    for part in ("# letters 1.0", "| pages | 1 |", "| lines | 1,234 |", "| writers | 2 |",
                 "train 1", "By two people.", "| bytes | 150 |"):  # fmt: skip
        assert part in card


def test_an_unknown_file_is_a_stream_of_bytes():
    assert data_card.media_type("x.weights") == "application/octet-stream"
