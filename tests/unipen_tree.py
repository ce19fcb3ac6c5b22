"""A tree of UNIPEN files with made-up ink."""


def stroke(left, top, width=10, height=20):
    """A pen-down component: a diagonal in UNIPEN's coordinates, where y points up."""
    return f".PEN_DOWN\n{left} {-top}\n{left + width} {-top - height}\n.PEN_UP\n"


def segment(delineation, label, kind="CHARACTER"):
    return f'.SEGMENT {kind} {delineation} ? "{label}"\n'


def write_tree(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="latin-1")
    return folder


def recording(segments, ink, category="1b", settings="", writer="ann"):
    """A tree of one data file and its ink."""
    return {
        f"data/{category}/abc/w.dat": ".VERSION 1.0\n.INCLUDE abc/data/w.dat\n" + segments,
        "include/abc/data/w.dat": f".WRITER_ID {writer}\n.COORD X Y\n{settings}{ink}",
    }


def three_writers(labels="AB"):
    """A tree in which three people write every label once."""
    files = {}
    for writer in ("ann", "bob", "cy"):
        segments = "".join(segment(k, label) for k, label in enumerate(labels))
        ink = "".join(stroke(40 * k, 0) for k in range(len(labels)))
        own = recording(segments, ink, writer=writer)
        files |= {
            name.replace("/w.", f"/{writer}."): text.replace("data/w.", f"data/{writer}.")
            for name, text in own.items()
        }
    return files
