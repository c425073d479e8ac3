"""Files made to do harm: refused with a sentence, nothing run, little memory taken."""

from __future__ import annotations

import json
import pickle
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper

from vae_core import Dataset, InputError, load_data, load_model
from vae_core.model import VAE

PYTHAE = {"name": "VAEConfig", "input_dim": [1, 28, 28], "latent_dim": 4, "reconstruction_loss": "mse"}


class Exploit:
    """Unpickled, it would write a file."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> Any:
        return (Path.write_text, (self.file, "owned"))


def onnx_with_weights_at(folder: Path, location: str) -> None:
    """Write encoder.onnx and decoder.onnx whose weights lie at `location`."""
    weight = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[784, 4], data_location=TensorProto.EXTERNAL)
    for key, value in (("location", location), ("offset", "0"), ("length", str(784 * 16))):
        weight.external_data.add(key=key, value=value)
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 784])
    answer = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 4])
    graph = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["y"])], "g", [given], [answer], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    for name in ("encoder", "decoder"):
        (folder / f"{name}.onnx").write_bytes(model.SerializeToString())


def pythae_folder(folder: Path) -> None:
    (folder / "model_config.json").write_text(json.dumps(PYTHAE))


def pickled(folder: Path) -> None:
    pythae_folder(folder)
    (folder / "model.pt").write_bytes(pickle.dumps(Exploit(folder / "owned")))


def packed_pickle(folder: Path) -> None:
    pythae_folder(folder)
    torch.save({"model_state_dict": Exploit(folder / "owned")}, folder / "model.pt")


def pickled_networks(folder: Path) -> None:
    pythae_folder(folder)
    (folder / "encoder.pkl").write_bytes(pickle.dumps(Exploit(folder / "owned")))


def zip_bomb(folder: Path) -> None:
    pythae_folder(folder)
    with (
        zipfile.ZipFile(folder / "model.pt", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("archive/data.pkl", "w", force_zip64=True) as entry,
    ):
        for _ in range(64):
            entry.write(bytes(2**24))


def lying_pythae(folder: Path) -> None:
    """A configuration that asks for networks of terabytes."""
    (folder / "model_config.json").write_text(
        json.dumps({**PYTHAE, "input_dim": [1, 60_000, 1000], "latent_dim": 10**9})
    )
    torch.save({"model_state_dict": {}}, folder / "model.pt")


def stretched(folder: Path) -> None:
    """One number that claims to be a matrix of gigabytes."""
    pythae_folder(folder)
    torch.save(
        {"model_state_dict": {"encoder.layers.0.0.weight": torch.zeros(1).expand(10**6, 10**4)}}, folder / "model.pt"
    )


def deep(folder: Path) -> None:
    (folder / "model_config.json").write_text("[" * 100_000)


def lying_header(folder: Path) -> None:
    """A safetensors file whose header says it is longer than any file."""
    (folder / "config.json").write_text(json.dumps({"_class_name": "AutoencoderKL", "sample_size": 28}))
    weights = folder / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(struct.pack("<Q", 2**62) + b"{}")


def lying_tensors(folder: Path) -> None:
    """A safetensors file whose tensors are said to lie far beyond its end."""
    (folder / "config.json").write_text(json.dumps({"_class_name": "AutoencoderKL", "sample_size": 28}))
    header = json.dumps({"w": {"dtype": "F32", "shape": [10**6, 10**6], "data_offsets": [0, 4 * 10**12]}}).encode()
    weights = folder / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(struct.pack("<Q", len(header)) + header + bytes(16))


def onnx_climbing_out(folder: Path) -> None:
    (folder / "inside").mkdir()
    np.zeros((784, 4), np.float32).tofile(folder / "secret.bin")
    onnx_with_weights_at(folder, "../secret.bin")


def onnx_absolute(folder: Path) -> None:
    np.zeros((784, 4), np.float32).tofile(folder.parent / "secret.bin")
    onnx_with_weights_at(folder, str(folder.parent / "secret.bin"))


def onnx_by_a_link(folder: Path) -> None:
    outside = folder.parent / f"{folder.name}-secret.bin"
    np.zeros((784, 4), np.float32).tofile(outside)
    (folder / "weights.bin").symlink_to(outside)
    onnx_with_weights_at(folder, "weights.bin")


def code_without_trust(folder: Path) -> None:
    for name in ("encoder", "decoder"):
        with zipfile.ZipFile(folder / f"{name}.pt", "w") as packed:
            packed.writestr("m/code/__torch__.py", "import os")


HOSTILE = {
    make.__name__: make
    for make in (
        pickled, packed_pickle, pickled_networks, zip_bomb, lying_pythae, stretched, deep, lying_header, lying_tensors,
        onnx_climbing_out, onnx_absolute, onnx_by_a_link, code_without_trust,
    )
}  # fmt: skip

# Opens every folder it is given in one process, whose memory may grow by so much beyond what its libraries take.
OPENING = """
import json, resource, sys, time
import numpy as np
import torch, diffusers, onnxruntime
from diffusers import AutoencoderKL
from vae_core import InputError, load_model
from vae_core.data import from_arrays
data = from_arrays(np.zeros((20, 28, 28), np.uint8))
told = {}
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
for name, folder in json.loads(sys.argv[1]).items():
    before, start = peak(), time.perf_counter()
    try:
        load_model(folder, "cpu", data=data)
        words = "OPENED"
    except InputError as error:
        words = str(error)
    told[name] = [words, peak() - before, time.perf_counter() - start]
print(json.dumps(told))
"""


def test_hostile_models_are_refused(tmp_path: Path) -> None:
    folders = {}
    for name, make in HOSTILE.items():
        (tmp_path / name).mkdir()
        make(tmp_path / name)
        folders[name] = str(tmp_path / name)
    command = [sys.executable, "-W", "ignore", "-c", OPENING, json.dumps(folders)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    print(json.dumps(told, indent=1))
    assert [name for name, (words, _, _) in told.items() if words == "OPENED" or len(words) < 20] == []
    assert {name: grown for name, (_, grown, _) in told.items() if grown > 200} == {}
    assert not list(tmp_path.rglob("owned"))


def test_a_picture_too_large_to_be_unpacked_is_refused(tmp_path: Path) -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    size = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0)
    rows = zlib.compress(bytes(2**20), 9)
    (tmp_path / "large.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )
    with pytest.raises(InputError, match=r"large\.png"):
        load_data(tmp_path)


def test_weights_of_an_onnx_file_that_lie_beside_it_belong_to_its_content(
    trained: VAE, few: Dataset, tmp_path: Path, onnx_pair: Path
) -> None:
    for name in ("encoder", "decoder"):
        model = onnx.load(str(onnx_pair / f"{name}.onnx"))
        apart: dict[str, Any] = {"save_as_external_data": True, "location": f"{name}.data", "size_threshold": 1024}
        onnx.save(model, str(tmp_path / f"{name}.onnx"), **apart)
    found = load_model(tmp_path, "cpu", data=few)
    x = torch.from_numpy(few.batch(slice(0, 8)))
    with torch.inference_mode():
        torch.testing.assert_close(found.encode(x).mean, trained.encode(x).mean, rtol=1e-4, atol=1e-4)
    weights = bytearray((tmp_path / "decoder.data").read_bytes())
    weights[0:4] = struct.pack("<f", struct.unpack("<f", weights[0:4])[0] + 0.001)
    (tmp_path / "decoder.data").write_bytes(bytes(weights))
    assert load_model(tmp_path, "cpu", data=few).fingerprint != found.fingerprint
