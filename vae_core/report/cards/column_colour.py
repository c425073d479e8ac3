"""What the page calls the colours of a column."""

from __future__ import annotations


def colour_of(column: str, source: str, made_of: tuple[str, ...]) -> str:
    """Return the column of the map's colours that shows a column; of an angle the angle itself.

    Parameters
    ----------
    column, source : str
        Its name, and whether it is of the "table" or "measured".
    made_of : tuple of str
        The columns it was made from, where there are several.
    """
    if source != "table":
        return f"measured:{column}"
    return f"angle:{column}" if made_of else column
