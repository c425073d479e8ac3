"""Other data laid over a map: added from a file, placed in a worker, looked at item by item."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from tests.patience import looks
from vae_core import LatentSpace
from vae_core.jobs import Jobs, Kind
from vae_core.space import Neighbours
from vae_core.space.maps.placing import place
from vae_core.space.overlays.files import Layers


def file_of(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


PICTURES = np.random.default_rng(5).integers(0, 256, (7, 8, 8), dtype=np.uint8)
SIZES = np.array([0.0, 0.25, 0.5, np.nan, 2.0, 0.5, 0.5])
NEW = file_of(
    images=PICTURES,
    labels=np.array(["bag", "coat", "bag", "sock", "bag", "coat", "coat"]),
    digit=np.arange(7),
    size=SIZES,
)


def framed(answer: Any) -> tuple[dict[str, Any], bytes]:
    assert answer.status_code == 200, answer.data
    head, body = answer.data.split(b"\n", 1)
    return json.loads(head), body


def test_a_file_becomes_a_layer_that_is_placed_looked_at_and_removed(
    asking: FlaskClient, kept: LatentSpace, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = "/api/spaces/kept/layers"
    assert asking.get(root).get_json() == []
    made = asking.post(f"{root}?file=New socks.npz", data=NEW).get_json()
    assert made == {"id": "new-socks", "name": "New socks", "count": 7, "labelled": True, "left_out": 0}
    assert asking.get(root).get_json() == [{key: made[key] for key in ("id", "name", "count", "labelled")}]
    layer = Layers(kept.folder).read("new-socks")
    assert layer is not None and layer.labels is not None and layer.labels[3] == "sock"
    # On a plane the formula places; on a t-SNE the library, in a worker.
    about, body = framed(asking.get(f"{root}/new-socks/places/pca"))
    assert about["state"] == "done" and about["labels"] == layer.labels
    points = np.frombuffer(body, "<f4").reshape(7, 2)
    np.testing.assert_allclose(points, kept.projection("pca").locate(layer.mean), atol=1e-5)
    # What colours the map colours the new items too.
    seen = LatentSpace.build(kept.model, layer.data)
    wanted = {"z1": layer.mean[:, 1], "rate": seen.rate.sum(axis=1), "distortion": seen.distortion}
    for color, values in wanted.items():
        about = framed(asking.get(f"{root}/new-socks/places/pca?color={color}"))[0]
        np.testing.assert_allclose(about["values"], values, rtol=1e-4, atol=1e-4)
    values = framed(asking.get(f"{root}/new-socks/places/pca?color=size"))[0]["values"]
    assert values == [0, 0.25, 0.5, None, 2, 0.5, 0.5]
    classes = {"label": layer.labels, "digit": [str(digit) for digit in range(7)]}
    for color, names in classes.items():
        assert framed(asking.get(f"{root}/new-socks/places/pca?color={color}"))[0]["classes"] == names
    for other in ("kept", "z99", "", "note"):
        about = framed(asking.get(f"{root}/new-socks/places/pca?color={other}"))[0]
        assert "values" not in about and "classes" not in about
    tsne = kept.projection("tsne", perplexity=6)
    path = f"{root}/new-socks/places/{tsne.id}"
    assert framed(asking.get(path))[0]["state"] == "missing"
    assert asking.post(path).status_code == 202
    for _ in looks():
        about, body = framed(asking.get(path))
        if about["state"] == "done":
            break
        assert about["state"] in ("waiting", "running"), about
    placed = place(tsne.settings, tsne.points, Neighbours(kept.mean), layer.mean)
    np.testing.assert_allclose(np.frombuffer(body, "<f4").reshape(7, 2), placed, atol=1e-4)
    assert asking.post(path).status_code == 200
    # The places are there a moment before the work has ended.
    for _ in looks():
        if not [job for job in jobs.all_jobs() if job.kind == "placing"]:
            break
    assert not [job for job in jobs.all_jobs() if job.kind == "placing"], "what is there needs no line in the list"
    # One of its items, decoded.
    about, pixels = framed(asking.get(f"{root}/new-socks/items/3/look/pca"))
    assert about["told"] == "New socks, item 3 · sock" and about["shape"] == [2, 8, 8, 1]
    np.testing.assert_array_equal(np.frombuffer(pixels, np.uint8).reshape(2, 8, 8)[0], PICTURES[3])
    np.testing.assert_allclose(about["z"], layer.mean[3], atol=1e-6)
    assert asking.get(f"{root}/new-socks/items/3.png").data.startswith(b"\x89PNG")
    assert asking.get(f"{root}/new-socks/items/7.png").status_code == 404
    # What is removed is gone, and so is the work on it, whoever asked for it.
    another = kept.projection("tsne", perplexity=7)
    monkeypatch.setitem(jobs.kinds, "placing", Kind("tests.components.api.waiting:wait_in", brief=True))
    for visitor in ("one", "other"):
        assert asking.post(f"{root}/new-socks/places/{another.id}?visitor={visitor}").status_code == 202
    (job,) = [job for job in jobs.all_jobs() if job.kind == "placing"]
    assert job.visitors == {"one", "other"}
    assert asking.delete(f"{root}/new-socks").status_code == 200
    assert job.state == "cancelled" and not [job for job in jobs.all_jobs() if job.kind == "placing"]
    assert kept.folder is not None and not list((kept.folder / "layers").glob("places/new-socks--*"))
    assert asking.get(root).get_json() == []
    assert asking.get(path).status_code == 404


@pytest.mark.parametrize(
    ("file", "body", "status", "words"),
    [
        ("socks.txt", NEW, 400, ".npz or .npy"),
        ("", NEW, 400, ".npz or .npy"),
        ("socks.npz", b"nonsense", 422, "socks.npz"),
        ("socks.npz", file_of(images=np.zeros((3, 9, 9), np.uint8)), 422, "shape"),
        ("../../socks.npz", b"", 422, "socks.npz"),
    ],
)
def test_what_is_no_data_for_the_model_is_refused(
    asking: FlaskClient, file: str, body: bytes, status: int, words: str
) -> None:
    answer = asking.post("/api/spaces/kept/layers", query_string={"file": file}, data=body)
    assert answer.status_code == status
    assert words in answer.get_json()["error"]
    assert "/" not in answer.get_json()["error"].split(":")[0], "no path of the server is told"


def test_too_many_items_and_spaces_without_a_folder_are_refused(
    asking: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "in memory" in asking.post("/api/spaces/memory/layers?file=a.npz", data=NEW).get_json()["error"]
    monkeypatch.setattr("components.api.layers.MOST_ITEMS", 5)
    assert asking.post("/api/spaces/kept/layers?file=a.npz", data=NEW).status_code == 413
    for name in ("nothing", "..", "a b"):
        assert asking.get(f"/api/spaces/kept/layers/{name}/places/pca").status_code == 404


def test_names_of_every_script_keep_apart(asking: FlaskClient, kept: LatentSpace) -> None:
    root = "/api/spaces/kept/layers"
    names = ["测试", "данные", "a b", "a-b", "A B", "x" * 300, "y\x00z", "\n"]
    made = [asking.post(root, query_string={"file": f"{name}.npz"}, data=NEW).get_json() for name in names]
    assert [one["name"] for one in made] == ["测试", "данные", "a b", "a-b", "A B", "x" * 80, "yz", "items"]
    assert len({one["id"] for one in made}) == len(names)
    again = asking.post(root, query_string={"file": "данные.npz"}, data=NEW).get_json()
    assert again["id"] == made[1]["id"], "the same name replaces its own"
    for one in made:
        assert asking.delete(f"{root}/{one['id']}").status_code == 200


def test_a_damaged_layer_is_left_aside(asking: FlaskClient, kept: LatentSpace) -> None:
    assert asking.post("/api/spaces/kept/layers?file=b.npz", data=NEW).status_code == 200
    assert kept.folder is not None
    path = kept.folder / "layers" / "b.npz"
    path.write_bytes(path.read_bytes()[:200])
    assert "b" not in [layer["id"] for layer in asking.get("/api/spaces/kept/layers").get_json()]
