"""Rows of pictures inside a page: no file, no request."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup
from PIL import Image

from vae_core.drawing.markup import tag
from vae_core.drawing.pictures import decode, to_bytes
from vae_core.drawing.small_plot import small_plot

if TYPE_CHECKING:
    from vae_core.data.dataset import Dataset
    from vae_core.space.latent_space import LatentSpace

_LARGEST = 96  # pixels of a side; larger pictures are scaled down, since a page shows them small


def filmstrip(space: LatentSpace, z: np.ndarray, spoken: str) -> Markup:
    """Decode latent points ``[m, d]`` and draw them side by side as one picture.

    Raises
    ------
    InputError
        If the decoder's answer is not finite.
    """
    pixels = decode(space, z)
    row = _row(space.data, pixels)
    # Its place is kept before it has been unpacked: nothing moves once it has.
    return tag("img", src=data_uri(row), alt=spoken, class_="filmstrip", width=row.width, height=row.height)


def item_strip(space: LatentSpace, items: np.ndarray, spoken: str) -> list[Markup]:
    """Return the pictures of items ``[m]``, each of which can be touched."""
    values = space.data.batch(np.asarray(items))
    pixels = to_bytes(values) if space.data.kind == "image" else values
    return [
        tag(
            "img",
            src=data_uri(_row(space.data, pixels[at : at + 1])),
            alt=f"{spoken} {item}",
            title=f"{spoken} {item}",
            class_="item-picture",
            data_item=int(item),
            tabindex=0,
            role="button",
        )
        for at, item in enumerate(np.asarray(items).tolist())
    ]


def point_picture(space: LatentSpace, z: np.ndarray, spoken: str) -> Markup:
    """Decode one latent point ``[d]`` and draw it; touching it shows it."""
    told = ",".join(f"{value:.6g}" for value in z)
    source = data_uri(_row(space.data, decode(space, z[None])))
    return tag(
        "img", src=source, alt=spoken, title=spoken, class_="item-picture", data_point=told, tabindex=0, role="button"
    )


def _row(data: Dataset, pictures: np.ndarray) -> Image.Image:
    """Put pictures, as of `vae_core.drawing.pictures.shown`, side by side."""
    if data.kind != "image":
        drawn = [small_plot(data, values) for values in pictures]
        whole = Image.new("RGBA", (sum(one.width for one in drawn), drawn[0].height), (255, 255, 255, 0))
        for at, one in enumerate(drawn):
            whole.paste(one, (at * one.width, 0))
        return whole
    count, high, wide, channels = pictures.shape
    if channels == 2:
        pictures = np.concatenate([pictures, np.zeros_like(pictures[..., :1])], axis=3)
    side = np.concatenate(list(pictures[..., :3] if channels > 1 else pictures[..., 0]), axis=1)
    image = Image.fromarray(side)
    if max(high, wide) > _LARGEST:
        shrink = _LARGEST / max(high, wide)
        image = image.resize((max(1, round(wide * shrink)) * count, max(1, round(high * shrink))), Image.Resampling.BOX)
    return image


def data_uri(image: Image.Image) -> str:
    """Return a picture as the address of itself, for a page without files."""
    packed = io.BytesIO()
    image.save(packed, "PNG")
    return f"data:image/png;base64,{base64.b64encode(packed.getvalue()).decode()}"
