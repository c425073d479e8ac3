"""What studies found, in words and drawings: cards for the page, and whole reports."""

from pathlib import Path

#: How figures look; the page and every report use it.
FIGURES_CSS = Path(__file__).with_name("figures.css")
#: How a report looks around them.
REPORT_CSS = Path(__file__).with_name("report.css")
