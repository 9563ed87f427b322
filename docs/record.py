"""What a playground shows at each position of its slider; it runs in the notebook's kernel."""

import io
import json
from pathlib import Path

import numpy as np
from PIL import Image


def record(playground, place: str) -> None:
    """Move the slider of a `playgrounds.Playground` from end to end.

    Writes a picture for each position, and frames.json, into the folder `place`.

    Raises:
        ValueError: the playground has not exactly one slider.
    """
    if len(playground.sliders) != 1:
        raise ValueError(f"a page shows one slider for each picture, got {playground.sliders}")
    ((name, slider),) = playground.sliders.items()
    start, whole = slider.value, isinstance(slider.value, int)
    steps = round((slider.max - slider.min) / slider.step)
    folder = Path(place)
    folder.mkdir(parents=True)
    frames = []
    for step in range(steps + 1):
        slider.value = slider.min + step * slider.step
        with Image.open(io.BytesIO(playground.image.value)) as picture:
            size = [pixels // playground.picture.scale for pixels in picture.size]
            # Grey digits lose nothing visible; coloured lines and letters must stay sharp.
            coloured = bool(np.ptp(np.asarray(picture), axis=2).any())
            picture.save(folder / f"{step}.webp", lossless=coloured, quality=85, method=6)
        frames.append(
            {
                "value": str(slider.value) if whole else f"{slider.value:.2f}",
                "words": playground.picture.alt,
            }
        )
    slider.value = start
    found = {
        "name": name,
        "hint": slider.tooltip,
        "shows": playground.shows,
        "start": round((start - slider.min) / slider.step),
        "size": size,
        "frames": frames,
    }
    (folder / "frames.json").write_text(json.dumps(found), encoding="utf-8")
