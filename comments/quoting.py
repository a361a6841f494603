"""Imported plain text as the Markdown that its author edits it in. PURE."""

import re

# At the start of a line these would make a list, a heading or a quotation of plain words; inside
# one, an emphasis, code or a link.
_ACTIVE = re.compile(r"^(\s*(?:\d+(?=[.)]))?)([-+>#.)])|([\\`*_\[\]<])", re.MULTILINE)


def blocks_as_markdown(blocks):
    """The blocks of an imported comment (export schema) as Markdown that reads the same.

    Quotations become ``>`` lines, one mark a level, with the quoted person behind them; what
    would act as Markdown in plain words is escaped. Calls itself once a level of quotations:
    the importer takes at most a hundred.
    """
    return _written(blocks, escape_plain)


def blocks_as_text(blocks):
    """The same for reading: the words as they stand, with nothing escaped."""
    return _written(blocks, str)


def _written(blocks, escape):
    return "\n\n".join(
        escape(block["text"]) if block["type"] == "text" else "\n".join(_quoted(block, escape))
        for block in blocks
    )


def _quoted(block, escape):
    lines = []
    for inner in block.get("inner") or ():
        lines += [*_quoted(inner, escape), ""]
    lines += [*escape(block["text"]).split("\n"), f"— {escape(block['author'])}"]
    return [f"> {line}".rstrip() for line in lines]


def escape_plain(text):
    """Plain text as Markdown that shows it as it stands."""
    return _ACTIVE.sub(lambda found: f"{found[1] or ''}\\{found[2] or found[3]}", text)
