"""Encoder and decoder as files of their own: ONNX, and TorchScript under trust."""

from __future__ import annotations

import hashlib
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vae_core.errors import InputError
from vae_core.model.foreign.wrapped import Foreign

_NAMES = ("encoder", "decoder")


def pair_of(spec: str) -> tuple[Path, Path] | None:
    """Return the two files that a text names: ``encoder.onnx,decoder.onnx``, or a folder with such; else None."""
    if "," in spec:
        parts = [Path(part.strip()).expanduser() for part in spec.split(",")]
        if len(parts) == 2 and all(part.suffix in (".onnx", ".pt", ".ts", ".torchscript") for part in parts):
            return parts[0], parts[1]
        return None
    folder = Path(spec).expanduser()
    for ending in (".onnx", ".ts", ".torchscript", ".pt"):
        files = [folder / f"{name}{ending}" for name in _NAMES]
        if all(file.is_file() for file in files):
            return files[0], files[1]
    return None


def open_files(encoder: Path | None, decoder: Path, trust: bool) -> Foreign:
    """Open a pair of ONNX or TorchScript files, or a decoder's alone.

    Raises
    ------
    InputError
        If a file is missing or damaged, a library is missing, or code would have to run without `trust`.
    """
    files = [decoder] if encoder is None else [encoder, decoder]
    for file in files:
        if not file.is_file():
            raise InputError(f"{file}: not found; give the encoder's file, a comma, and the decoder's.")
    if encoder is not None and encoder.suffix != decoder.suffix:
        raise InputError(f"{encoder.name} and {decoder.name} are of two kinds; give two ONNX or two TorchScript files.")
    return _open_onnx(files) if decoder.suffix == ".onnx" else _open_torchscript(files, trust)


def _called(kind: str, files: list[Path]) -> str:
    return f"{kind} {'pair' if len(files) == 2 else 'decoder'} {', '.join(file.name for file in files)}"


def content_of(*files: Path) -> str:
    """Return a hash of files' content."""
    digest = hashlib.blake2b(digest_size=16)
    for file in files:
        with file.open("rb") as stream:
            while part := stream.read(2**20):
                digest.update(part)
    return digest.hexdigest()


# ---- ONNX ----


def _open_onnx(files: list[Path]) -> Foreign:
    try:
        import onnxruntime
    except ImportError as error:
        raise InputError(
            "ONNX files need the library onnxruntime; install it with 'pip install onnxruntime'."
        ) from error
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what is wrong is raised, and told in our words
    sessions = []
    for file in files:
        try:
            session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own kinds share no base
            reason = str(error).splitlines()[0][:200]
            raise InputError(f"{file}: cannot be opened as ONNX ({reason}).") from error
        if len(session.get_inputs()) != 1:
            named = ", ".join(argument.name for argument in session.get_inputs())
            raise InputError(f"{file}: takes {len(session.get_inputs())} inputs ({named}); export it with one.")
        sessions.append(session)
    wide = sessions[-1].get_inputs()[0].shape[1:]
    latent = tuple(wide) if wide and all(isinstance(size, int) for size in wide) else None
    runners = [_runner(session) for session in sessions]
    return Foreign(
        _called("ONNX", files),
        runners[-1],
        runners[0] if len(runners) == 2 else None,
        content=content_of(*(part for file in files for part in (file, *_weights_beside(file)))),
        latent_shape=latent,
        differentiable=False,
    )


def _weights_beside(file: Path) -> list[Path]:
    """Return the files of the same folder that an ONNX file names: weights may lie outside of it."""
    told = file.read_bytes()
    beside = (other for other in file.parent.iterdir() if other.is_file() and other.suffix != ".onnx")
    return sorted(other for other in beside if other.name.encode() in told)


def _runner(session: Any) -> Callable[[Tensor], Any]:
    given = session.get_inputs()[0]
    names = [argument.name for argument in session.get_outputs()]
    dtype = np.float64 if "double" in given.type else np.float16 if "float16" in given.type else np.float32
    fixed = given.shape[0] if given.shape and isinstance(given.shape[0], int) else None

    def once(x: np.ndarray) -> list[np.ndarray]:
        found: list[np.ndarray] = session.run(names, {given.name: x})
        return found

    def run(x: Tensor) -> Any:
        values = np.ascontiguousarray(x.detach().cpu().numpy().astype(dtype))
        if fixed is None:
            found = once(values)
        else:
            # Exported for so many items at once: the last ones are filled up.
            parts = []
            for start in range(0, len(values), fixed):
                part = values[start : start + fixed]
                filled = np.concatenate([part, np.zeros((fixed - len(part), *part.shape[1:]), dtype)])
                parts.append([answer[: len(part)] for answer in once(filled)])
            found = [np.concatenate(answers) for answers in zip(*parts, strict=True)]
        tensors = [torch.from_numpy(np.array(answer)) for answer in found]
        if len(tensors) == 1:
            return tensors[0]
        named = dict(zip(names, tensors, strict=True))
        return named if {"mean", "mu", "loc"} & named.keys() else tuple(tensors)

    return run


# ---- TorchScript ----


def _open_torchscript(files: list[Path], trust: bool) -> Foreign:
    names = " and ".join(file.name for file in files)
    for file in files:
        if not is_torchscript(file):
            raise InputError(
                f"{file}: is not a TorchScript file; save it with torch.jit.save, or give weights with a factory "
                "(--model file.py:function --weights …)."
            )
    if not trust:
        raise InputError(f"{names}: TorchScript is code and runs when opened; if you made it, pass --trust.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # deprecated, and still what people have
            modules = tuple(torch.jit.load(str(file), map_location="cpu") for file in files)
    except (RuntimeError, ValueError, OSError) as error:
        raise InputError(f"{names}: cannot be opened ({str(error).splitlines()[0]}).") from error
    return Foreign(
        _called("TorchScript", files),
        modules[-1],
        modules[0] if len(modules) == 2 else None,
        modules,
        content_of(*files),
    )


def is_torchscript(file: Path) -> bool:
    """Whether a file is TorchScript: a zip with code in it."""
    try:
        with zipfile.ZipFile(file) as packed:
            return any("/code/" in name for name in packed.namelist())
    except (zipfile.BadZipFile, OSError):
        return False
