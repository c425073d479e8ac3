"""The map as a Plotly figure, and as a picture of very many items."""
