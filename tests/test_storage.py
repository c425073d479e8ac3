from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vae_core.storage import CacheDamaged, load_arrays, save_arrays, write_atomically


def test_arrays_and_text_come_back(tmp_path: Path) -> None:
    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "text": np.array("é…"), "none": np.empty((0, 2))}
    for compress in (False, True):
        save_arrays(tmp_path / "new" / "x.npz", arrays, compress=compress)
        loaded = load_arrays(tmp_path / "new" / "x.npz")
        assert loaded.keys() == arrays.keys()
        for name, array in arrays.items():
            np.testing.assert_array_equal(loaded[name], array)
            assert loaded[name].dtype == array.dtype


def test_objects_are_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    save_arrays(path, {"a": np.ones(3)})
    with pytest.raises(ValueError, match="Object arrays"):
        save_arrays(path, {"a": np.array([object()])})
    np.testing.assert_array_equal(load_arrays(path)["a"], np.ones(3))
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.npz"]


def test_every_altered_byte_and_every_truncation_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    values = np.arange(64, dtype=np.float32)
    save_arrays(path, {"a": values})
    whole = path.read_bytes()
    for position in range(0, len(whole), 7):
        altered = bytearray(whole)
        altered[position] ^= 0x55
        path.write_bytes(bytes(altered))
        try:
            loaded = load_arrays(path)
        except CacheDamaged:
            continue
        # A byte of the zip file's own bookkeeping; what is read must be what was written.
        assert all(np.array_equal(array, values) for array in loaded.values())
    for length in range(0, len(whole), 11):
        path.write_bytes(whole[:length])
        with pytest.raises(CacheDamaged, match=r"x\.npz"):
            load_arrays(path)


def test_missing_and_foreign_files(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_arrays(tmp_path / "none.npz")
    np.save(tmp_path / "array.npy", np.ones(2))
    with pytest.raises(CacheDamaged):
        load_arrays(tmp_path / "array.npy")


def test_a_failing_write_leaves_nothing(tmp_path: Path) -> None:
    def fail(path: Path) -> None:
        path.write_text("half")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        write_atomically(tmp_path / "x", fail)
    assert list(tmp_path.iterdir()) == []


def test_what_was_left_long_ago_is_swept(tmp_path: Path) -> None:
    old, young = tmp_path / ".x.1-a.tmp", tmp_path / ".x.2-b.tmp"
    old.touch()
    young.touch()
    os.utime(old, (0, 0))

    def write(path: Path) -> None:
        path.write_text("whole")

    write_atomically(tmp_path / "x", write)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".x.2-b.tmp", "x"]


def test_a_process_killed_while_writing_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    save_arrays(path, {"a": np.ones(3)})
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from vae_core.storage import write_atomically\n"
        "def write(path):\n"
        "    with path.open('wb') as file:\n"
        "        file.write(b'PK' * 1000)\n"
        "        file.flush()\n"
        "        print('half', flush=True)\n"
        "        time.sleep(60)\n"
        "write_atomically(Path(sys.argv[1]), write)\n"
    )
    root = Path(__file__).resolve().parents[1]
    process = subprocess.Popen([sys.executable, "-c", script, str(path)], cwd=root, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "half\n"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    np.testing.assert_array_equal(load_arrays(path)["a"], np.ones(3))
    assert [entry.name for entry in tmp_path.glob("*.npz")] == ["x.npz"]


FULL = """
import pickle, resource, sys
from pathlib import Path
import numpy as np
from vae_core.storage import DiskFull, new_mapped, save_arrays, save_mapped, write_text
folder = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
large = np.ones(100_000)
for write in (
    lambda: save_arrays(folder / "a.npz", {"a": large}),
    lambda: save_arrays(folder / "a.npz", {"a": np.random.default_rng(0).random(100_000)}, compress=True),
    lambda: save_mapped(folder / "b.json", {"small": np.ones(3), "large": large}, {}),
    lambda: write_text(folder / "c.txt", "x" * 100_000),
    lambda: new_mapped(folder / "d.npy", np.float64, (100_000,)),
):
    try:
        write()
    except DiskFull as full:
        assert str(pickle.loads(pickle.dumps(full))) == str(full)
        print(full)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of files to be set there")
def test_a_full_disk_is_one_sentence_whatever_is_written(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert len(told) == 5
    for sentence in told:
        assert sentence.startswith("The disk is full: ")
        assert sentence.endswith(f" cannot be written to {tmp_path}; make room there, or name another --workspace.")
    assert list(tmp_path.iterdir()) == [], "nothing is left to take the room there is"
