"""The example notebook, run as a notebook."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "examples" / "explore.ipynb"
# What whoever reads the notebook sees there, checked where it runs: in its kernel.
CHECKS = """
import multiprocessing, threading, numpy as np
half = (page.space.mean[5] + page.space.mean[7]) / 2
assert np.array_equal(page.z, half) and page.item is None and not page.is_open
assert len(chosen) == len(digits.target) == 1797
with torch.no_grad():
    assert np.allclose(page.decoded, model.decode(torch.tensor(half)[None])[0], atol=1e-5)
assert not multiprocessing.active_children()
assert not [thread for thread in threading.enumerate() if thread.name.startswith(("waitress", "latent-explorer"))]
print("checked")
"""
# In a process of its own: the client of notebooks leaves sockets and loops to the end of its process.
RUN = """
import sys, nbformat
from nbclient import NotebookClient
book = nbformat.read(sys.argv[1], 4)
book.cells.append(nbformat.v4.new_code_cell(sys.argv[2]))
NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": sys.argv[3]}}).execute()
nbformat.write(book, sys.argv[4])
"""


def test_the_example_runs_as_it_stands(tmp_path: Path) -> None:
    done = tmp_path / "done.ipynb"
    command = [sys.executable, "-c", RUN, str(NOTEBOOK), CHECKS, str(NOTEBOOK.parent), str(done)]
    # What Jupyter keeps stays here, and one thread trains so small a network fastest.
    own = {
        name: str(tmp_path) for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    }
    environment = {**os.environ, **own, "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240, env=environment)
    assert ran.returncode == 0, ran.stderr
    assert "Traceback" not in ran.stderr and "Exception" not in ran.stderr
    outputs = {
        cell.source: [output for output in cell.outputs if output.output_type != "stream" or output.name != "stderr"]
        for cell in nbformat.read(done, 4).cells
        if cell.cell_type == "code"
    }
    for call in ("page = explore(model, images, labels=digits.target)", "page.show()"):
        (shown,) = outputs[call]
        assert shown.output_type == "display_data" and "text/plain" in shown.data
        assert re.search(r'<iframe src="http://127\.0\.0\.1:\d+/\?space=model-', shown.data["text/html"])
    (closed,) = outputs["page.close()\npage"]
    assert "closed" in closed.data["text/plain"] and "<iframe" not in closed.data["text/html"]
    (place,) = outputs["page.go_to(item=5)\npage.item, page.z"]
    assert place.data["text/plain"].startswith("(5, array([")
    assert outputs[CHECKS][0].text == "checked\n"


def test_the_example_is_kept_without_outputs() -> None:
    book = nbformat.read(NOTEBOOK, 4)
    nbformat.validate(book)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    assert code and all(not cell.outputs and cell.execution_count is None for cell in code)
