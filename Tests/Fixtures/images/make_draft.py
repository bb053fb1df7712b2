"""What Pillow makes of the JPEG files here when they are decoded at a half, a quarter and an eighth of their size: a
line of draft.txt for each with the name, the divisor, height, width and the bytes of convert('RGB') in hexadecimal,
after exif_transpose.

    python make_draft.py        (needs Pillow; draft.txt was made with Pillow 13)
"""

import pathlib

from PIL import Image, ImageOps

folder = pathlib.Path(__file__).parent
lines = []
for path in sorted(folder.glob("*.jpg")):
    for divisor in 2, 4, 8:
        image = Image.open(path)
        width, height = image.size
        # The largest reduction that still has this many pixels.
        image.draft(None, (width // divisor, height // divisor))
        assert image.size == (-(-width // divisor), -(-height // divisor))
        image = ImageOps.exif_transpose(image).convert("RGB")
        lines.append(f"{path.name} {divisor} {image.height} {image.width} {image.tobytes().hex()}\n")
(folder / "draft.txt").write_text("".join(lines))
