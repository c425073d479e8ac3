"""The panels of the dashboard: layout, figures and callbacks of one each."""
