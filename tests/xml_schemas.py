"""What ALTO 4 and PAGE 2019-07-15 ask of the elements that the kit writes, and a look for faults.

Written from the two specifications, for this subset: per element the order of its children, as a
pattern, its attributes, and its text. A `!` marks what is required.
"""

import re

NUMBER, COUNT = r"\d+(\.\d+)?", r"\d+"
NAME = r"[A-Za-z_][\w.-]*"  # of xsd:ID
POINTS = r"\d+,\d+( \d+,\d+)+"  # PAGE's PointsType; ALTO takes more
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?"
BOX = {name: NUMBER for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT")}
ALTO = "http://www.loc.gov/standards/alto/ns-v4#", {
    "alto": ("Description? Styles? Tags? Layout", {}, ""),
    "Description": ("MeasurementUnit sourceImageInformation? Processing*", {}, ""),
    "MeasurementUnit": ("", {}, "pixel|mm10|inch1200"),
    "sourceImageInformation": ("fileName? fileIdentifier*", {}, ""),
    "fileName": ("", {}, ".*"),
    "Tags": ("(LayoutTag|OtherTag)*", {}, ""),
    "OtherTag": ("", {"ID!": NAME, "LABEL!": ".*"}, ""),
    "Layout": ("Page+", {}, ""),
    "Page": ("PrintSpace?", {"ID!": NAME, "PHYSICAL_IMG_NR!": COUNT, "WIDTH": COUNT,
                             "HEIGHT": COUNT}, ""),
    "PrintSpace": ("(TextBlock|Illustration)*", BOX, ""),
    "TextBlock": ("Shape? TextLine*", {"ID!": NAME, **BOX}, ""),
    "TextLine": ("Shape? (String|SP)+ HYP?", {"ID": NAME, "TAGREFS": f"{NAME}( {NAME})*",
                                              "BASELINE": f"{POINTS}|{NUMBER}", **BOX}, ""),
    "Shape": ("(Polygon|Ellipse|Circle)", {}, ""),
    "Polygon": ("", {"POINTS!": POINTS}, ""),
    "String": ("Shape? ALTERNATIVE* Glyph*", {"CONTENT!": ".*", "ID": NAME, **BOX}, ""),
}  # fmt: skip
PAGE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15", {
    "PcGts": ("Metadata Page", {"pcGtsId": NAME}, ""),
    "Metadata": ("Creator Created LastChange Comments?", {}, ""),
    "Creator": ("", {}, ".+"),
    "Created": ("", {}, TIME),
    "LastChange": ("", {}, TIME),
    "Page": ("Border? PrintSpace? ReadingOrder? (TextRegion|ImageRegion)*",
             {"imageFilename!": ".+", "imageWidth!": COUNT, "imageHeight!": COUNT}, ""),
    "TextRegion": ("Coords TextLine* TextEquiv*", {"id!": NAME, "type": "[a-z-]+"}, ""),
    "TextLine": ("Coords Baseline? Word* TextEquiv*", {"id!": NAME, "custom": ".*"}, ""),
    "Coords": ("", {"points!": POINTS}, ""),
    "Baseline": ("", {"points!": POINTS}, ""),
    "TextEquiv": ("PlainText? Unicode", {"index": COUNT}, ""),
    "Unicode": ("", {}, ".*"),
}  # fmt: skip
REFERENCES = "TAGREFS"


def faults(root) -> list[str]:
    """List where a tree breaks the schema of its root's namespace; empty if nowhere."""
    space, name = root.tag[1:].split("}")
    (schema,) = (elements for uri, elements in (ALTO, PAGE) if uri == space)
    if name not in ("alto", "PcGts"):
        return [f"<{name}> is no root"]
    found, names = [], []
    for element in root.iter():
        found += _of_element(element, space, schema)
        names += [value for key, value in element.items() if key.lower() == "id"]
    found += [f"{name} is there twice" for name in {n for n in names if names.count(n) > 1}]
    referred = {ref for e in root.iter() for ref in e.get(REFERENCES, "").split()}
    return found + [f"nothing is named {ref}" for ref in referred - set(names)]


def _of_element(element, space: str, schema: dict) -> list[str]:
    uri, name = element.tag[1:].split("}")
    if uri != space or name not in schema:
        return [f"<{element.tag}> is unknown"]
    children, attributes, text = schema[name]
    known = {key.rstrip("!"): (key.endswith("!"), value) for key, value in attributes.items()}
    found = [
        f"{name} lacks {k}"
        for k, (needed, _) in known.items()
        if needed and k not in element.keys()
    ]
    for key, value in element.items():
        if key not in known or not re.fullmatch(known[key][1], value, re.S):
            found.append(f"{name} has {key}={value!r}")
    order = "".join(child.tag.split("}")[1] + ";" for child in element)
    if not re.fullmatch(re.sub(r"\w+", r"(?:\g<0>;)", children).replace(" ", ""), order):
        found.append(f"{name} has the children {order}")
    content = element.text or ""
    if text and not re.fullmatch(text, content, re.S) or not text and content.strip():
        found.append(f"{name} says {content!r}")
    return found
