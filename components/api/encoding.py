"""What travels between page and server: float32 in, pixels out, errors as one sentence of JSON."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from flask import Response, jsonify, request

#: Largest answer in bytes of pixels; larger ones have to be asked for in parts.
MOST_PIXELS = 64 * 2**20
#: Largest coordinate; squares and sums of larger ones leave float32.
FARTHEST = 1e15
#: Largest body of numbers in bytes.
MOST_NUMBERS = 16 * 2**20


class ApiError(Exception):
    """A request that is answered with a 4xx and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def refusal(error: ApiError) -> tuple[Response, int]:
    """Turn a refusal into its JSON answer."""
    return jsonify(error=str(error)), error.status


def read_points(columns: int, most: int | None = None) -> np.ndarray:
    """Read the request's body as little-endian float32 ``[m, columns]``.

    Raises
    ------
    ApiError
        400 if the body is empty, not whole rows, not finite or too far out; 413 if there are more than `most` rows.
    """
    if request.content_length is not None and request.content_length > MOST_NUMBERS:
        raise ApiError(413, f"The body is larger than {MOST_NUMBERS} bytes; send fewer points at a time.")
    body = request.get_data(cache=False)
    row = 4 * columns
    if not body or len(body) % row:
        raise ApiError(
            400,
            f"The body must hold rows of {columns} little-endian float32 numbers ({row} bytes), not {len(body)} bytes.",
        )
    count = len(body) // row
    if most is not None and count > most:
        raise ApiError(413, f"{count} points are too many for one request; send at most {most}.")
    points = np.frombuffer(body, dtype="<f4").reshape(count, columns).astype(np.float32)
    if not np.isfinite(points).all():
        raise ApiError(400, "Every number must be finite; there are NaN or infinite values in the body.")
    if np.abs(points).max() > FARTHEST:
        raise ApiError(400, f"Points beyond {FARTHEST:g} lie too far out to be computed with; go nearer to the data.")
    return points


def read_numbers(text: str, count: int, what: str) -> np.ndarray:
    """Read comma-separated finite numbers, float32 ``[count]``."""
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        raise ApiError(400, f"{what} must be {count} comma-separated numbers.") from None
    if len(numbers) != count:
        raise ApiError(400, f"{what} must be {count} comma-separated numbers, not {len(numbers)}.")
    if not all(abs(number) <= FARTHEST for number in numbers):
        raise ApiError(400, f"{what} must hold finite numbers up to {FARTHEST:g}.")
    return np.array(numbers, dtype=np.float32)


def array_answer(array: np.ndarray) -> Response:
    """Answer with an array's bytes, its shape in ``X-Shape`` and its type in ``X-Type``."""
    answer = Response(np.ascontiguousarray(array).tobytes(), mimetype="application/octet-stream")
    answer.headers["X-Shape"] = ",".join(str(size) for size in array.shape)
    answer.headers["X-Type"] = array.dtype.name
    return answer


def binary_response(about: dict[str, Any], pixels: np.ndarray) -> Response:
    """Answer with one line of JSON, a newline, and the pixels' bytes.

    Their shape and type stand in ``X-Shape`` and ``X-Type``, and in the JSON as ``shape`` and ``type``.
    """
    told = {**about, "shape": list(pixels.shape), "type": pixels.dtype.name}
    head = json.dumps(told, allow_nan=False).encode()
    answer = Response(head + b"\n" + np.ascontiguousarray(pixels).tobytes(), mimetype="application/octet-stream")
    answer.headers["X-Shape"] = ",".join(str(size) for size in pixels.shape)
    answer.headers["X-Type"] = pixels.dtype.name
    return answer


def file_answer(content: bytes, name: str, kind: str) -> Response:
    """Answer with a file to be saved; letters that a file system may not take become hyphens."""
    answer = Response(content, mimetype=kind)
    safe = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "-" for letter in name)
    answer.headers["Content-Disposition"] = f'attachment; filename="{safe}"'
    return answer
