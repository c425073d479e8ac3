"""The column model: what every column of a table is, and its values as whoever asks needs them."""
