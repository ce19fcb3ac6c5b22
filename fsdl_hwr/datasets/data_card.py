"""What a stranger must know of a data set: Croissant metadata for machines, a card for people.

Source: Croissant 1.0, MLCommons; Gebru et al.: "Datasheets for Datasets" (2021).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from fsdl_hwr.datasets.manifest import Row

CONFORMS = "http://mlcommons.org/croissant/1.0"
MEDIA_TYPES = {
    ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".tif": "image/tiff",
    ".tiff": "image/tiff", ".webp": "image/webp", ".json": "application/json",
    ".xml": "application/xml", ".txt": "text/plain", ".csv": "text/csv", ".md": "text/markdown",
}  # fmt: skip
FIELDS = ("path", "sha256", "writer", "split", "annotator", "guideline")
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "citeAs": "cr:citeAs",
    "recordSet": "cr:recordSet",
    "field": "cr:field",
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "source": "cr:source",
    "extract": "cr:extract",
    "jsonPath": "cr:jsonPath",
    "fileObject": "cr:fileObject",
    "md5": "cr:md5",
}


@dataclass(frozen=True)
class About:
    """What files cannot say of themselves: words for a card.

    license, url: addresses. collected, labeled, limits: a sentence or two each, on how the pages
    were come by, how they were labeled, and what not to use them for.
    """

    name: str
    version: str
    description: str
    license: str
    url: str
    collected: str
    labeled: str
    limits: str
    published: str  # date, 2026-11-28
    language: str = "en"


def croissant(about: About, rows: Sequence[Row], manifest_sha256: str) -> dict:
    """Return Croissant 1.0 metadata of a version, as JSON-LD.

    Every file is a FileObject with its hash; the records are the rows of the manifest, whose own
    hash is `manifest_sha256`. Raises `ValueError` without files.
    """
    if not rows:
        raise ValueError("There are no files to describe: build the manifest first.")
    files = [
        {
            "@type": "cr:FileObject", "@id": row.path, "name": row.path,
            "contentUrl": row.path, "contentSize": f"{row.bytes} B",
            "encodingFormat": media_type(row.path), "sha256": row.sha256,
        }
        for row in rows
    ]  # fmt: skip
    listing = {
        "@type": "cr:FileObject", "@id": "manifest.json", "name": "manifest.json",
        "contentUrl": "manifest.json", "encodingFormat": "application/json",
        "sha256": manifest_sha256,
    }  # fmt: skip
    fields = [
        {
            "@type": "cr:Field", "@id": f"files/{name}", "name": name, "dataType": "sc:Text",
            "source": {"fileObject": {"@id": "manifest.json"},
                       "extract": {"jsonPath": f"$.files[*].{name}"}},
        }
        for name in FIELDS
    ]  # fmt: skip
    return {
        "@context": CONTEXT, "@type": "sc:Dataset", "name": about.name,
        "description": about.description, "conformsTo": CONFORMS, "license": about.license,
        "url": about.url, "version": about.version, "datePublished": about.published,
        "inLanguage": about.language, "distribution": [listing, *files],
        "recordSet": [{"@type": "cr:RecordSet", "@id": "files", "name": "files", "field": fields}],
    }  # fmt: skip


def card(about: About, rows: Sequence[Row], lines: int) -> str:
    """Return a data card in Markdown: what, how much, by whom, under which terms, with what limits.

    lines: of text that are labeled.
    """
    pictures = sum(bool(row.look) for row in rows)
    splits = Counter(row.split for row in rows if row.look and row.split)
    writers = {row.writer for row in rows if row.writer}
    annotators = {row.annotator for row in rows if row.annotator}
    guidelines = sorted({row.guideline for row in rows if row.guideline})
    shares = ", ".join(f"{split} {count}" for split, count in splits.items()) or "none"
    return "\n".join([
        f"# {about.name} {about.version}", "", about.description, "",
        "| | |", "|---|---|",
        f"| pages | {pictures} |", f"| lines | {lines:,} |", f"| writers | {len(writers)} |",
        f"| splits, in pages | {shares} |", f"| annotators | {len(annotators)} |",
        f"| guideline | {', '.join(guidelines) or 'none'} |",
        f"| bytes | {sum(row.bytes for row in rows):,} |",
        f"| license | {about.license} |", "",
        "## How it was collected", "", about.collected, "",
        "## How it was labeled", "", about.labeled, "",
        "## What not to use it for", "", about.limits, "",
    ])  # fmt: skip


def media_type(path: str) -> str:
    """Return the media type of a file by its name's end."""
    return MEDIA_TYPES.get(PurePosixPath(path).suffix.lower(), "application/octet-stream")
