#!/usr/bin/env python3
"""Composes the pictures of the README from what `cargo xtask screenshots` left in target/screenshots/.

Needs Pillow. Writes docs/overview.png and docs/session.png.
"""

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

DOCS = Path(__file__).parent
SHOTS = DOCS.parent / "target" / "screenshots"
PAPER, INK, SOFT = "#f5f6f4", "#18201c", "#515c56"

STORY = [
    ("1-fresh", "Signed in", "a fresh token, and the time to the next"),
    ("2-refreshing", "A refresh", "nobody notices but this card"),
    ("3-outage", "An outage", "the server is gone; the next try is named"),
    ("4-back", "Over", "the server is back, and so is the token"),
    ("5-asleep", "Asleep", "no network, longer than the token lasts"),
    ("6-awake", "Awake", "one refresh, and the work goes on"),
]


def main():
    """Writes both pictures, each small enough for a page that loads at once."""
    themes().save(DOCS / "overview.png", optimize=True)
    story().quantize(160, dither=Image.Dither.NONE).save(DOCS / "session.png", optimize=True)


def themes(width=1600, gap=24):
    """The overview in both themes, side by side."""
    pair = [Image.open(SHOTS / f"overview-{theme}-1280.png").convert("RGB") for theme in ("light", "dark")]
    # Without the scroll bar, and as long as what is on the page.
    pair = [shot.crop((0, 0, shot.width - 15, min(shot.height, 952))) for shot in pair]
    each = (width - gap) // 2
    pair = [shot.resize((each, shot.height * each // shot.width), Image.Resampling.LANCZOS) for shot in pair]
    picture = Image.new("RGB", (width, max(shot.height for shot in pair)), "white")
    for number, shot in enumerate(pair):
        picture.paste(shot, (number * (each + gap), 0))
    return picture


def story(columns=3, each=520, gap=24, caption=64):
    """The card of a session in six states, with what happened ahead of each."""
    shots = [Image.open(SHOTS / "story" / f"{name}.png").convert("RGB") for name, _, _ in STORY]
    shots = [shot.resize((each, shot.height * each // shot.width), Image.Resampling.LANCZOS) for shot in shots]
    row = max(shot.height for shot in shots) + caption
    rows = -(-len(shots) // columns)
    picture = Image.new("RGB", (columns * (each + gap) + gap, rows * (row + gap) + gap), PAPER)
    draw = ImageDraw.Draw(picture)
    bold, plain = ImageFont.truetype("DejaVuSans-Bold.ttf", 18), ImageFont.truetype("DejaVuSans.ttf", 15)
    for number, (shot, (_, what, why)) in enumerate(zip(shots, STORY)):
        x, y = gap + number % columns * (each + gap), gap + number // columns * (row + gap)
        draw.text((x, y), f"{number + 1}. {what}", fill=INK, font=bold)
        draw.text((x, y + 26), why, fill=SOFT, font=plain)
        picture.paste(shot, (x, y + caption))
    return picture


if __name__ == "__main__":
    main()
