"""What a checkpoint's training record says, in words."""

from __future__ import annotations

from typing import Any

_SETTINGS = (
    ("beta", "β"),
    ("learning_rate", "learning rate"),
    ("batch_size", "batches of"),
    ("warmup_epochs", "epochs of warm-up:"),
    ("seed", "seed"),
)
_FIGURES = (("elbo", "ELBO"), ("rate", "rate"), ("distortion", "distortion"))


def training_facts(record: dict[str, Any]) -> list[tuple[str, str]]:
    """Return subjects and what is known of each; what a record lacks, or does not hold as a number, is left out.

    Parameters
    ----------
    record : dict
        As `vae_core.model.checkpoint.save_checkpoint` writes it.
    """
    told = []
    settings = _part(record, "settings")
    epochs = record.get("epochs")
    if _is_number(epochs):
        data = _items(_part(record, "data"))
        told.append(("trained", f"{epochs:,} {'epoch' if epochs == 1 else 'epochs'}{f' on {data}' if data else ''}"))
    known = [f"{words} {settings[name]:g}" for name, words in _SETTINGS if _is_number(settings.get(name))]
    if known:
        told.append(("training settings", ", ".join(known)))
    versions = [f"{name} {version}" for name, version in _part(record, "versions").items() if isinstance(version, str)]
    if versions:
        told.append(("trained with", ", ".join(versions)))
    test = _part(record, "test")
    figures = [f"{words} {test[name]:.4g}".replace("-", "−") for name, words in _FIGURES if _is_number(test.get(name))]
    if figures:
        where = _items(test, "data")
        told.append(("on held-out items", f"{', '.join(figures)} nats per item{f'; {where}' if where else ''}"))
    return told


def _part(record: dict[str, Any], name: str) -> dict[str, Any]:
    found = record.get(name)
    return found if isinstance(found, dict) else {}


def _items(record: dict[str, Any], name: str = "name") -> str:
    data, count = record.get(name), record.get("count")
    if not isinstance(data, str):
        return ""
    return f"{data} ({count:,} items)" if _is_number(count) else data


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15
