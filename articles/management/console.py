"""What both commands know of terminals and pipes."""

import os


def printable(line, stream):
    """``line`` in what the terminal can print: a report is read, not parsed."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return line.encode(encoding, "backslashreplace").decode(encoding)


def silence(stream):
    """Points a stream that takes nothing any more nowhere, so that what it still holds goes."""
    try:
        number = stream.fileno()
    except (AttributeError, OSError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
