"""Sets of items: taken from a map, combined, described, and kept by their content."""
