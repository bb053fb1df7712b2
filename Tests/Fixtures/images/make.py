"""Small pictures and what Pillow makes of them: NAME.png or NAME.jpg, and NAME.L and NAME.RGB with the
raw bytes of convert('L') and convert('RGB').

    python make.py        (needs Pillow and numpy)
"""

import pathlib
import struct
import zlib

import numpy as np
from PIL import Image

folder = pathlib.Path(__file__).parent
random = np.random.default_rng(7)
H, W = 13, 19


def smooth(channels):
    """Waves with some noise: neither flat nor without structure."""
    y, x = np.mgrid[0:H, 0:W]
    planes = [127 + 90 * np.sin(x / (3 + c) + c) * np.cos(y / (4 - c % 3)) for c in range(channels)]
    planes = np.stack(planes, -1) + random.normal(0, 12, (H, W, channels))
    return np.clip(planes, 0, 255).astype(np.uint8)


def expect(name, suffix):
    image = Image.open(folder / f"{name}.{suffix}")
    for mode in "L", "RGB":
        if image.mode == "I;16":
            # Pillow cuts 16-bit grey at 255; the reference is the high byte.
            high = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
            data = high.convert(mode).tobytes()
        else:
            data = image.convert(mode).tobytes()
        (folder / f"{name}.{mode}").write_bytes(data)


def save(image, name, suffix="png", **options):
    image.save(folder / f"{name}.{suffix}", **options)
    expect(name, suffix)


def chunk(tag, data):
    return struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))


def png(name, width, height, depth, kind, rows, extra=b"", interlace=0):
    """A PNG file of a kind that Pillow does not write; `rows` with their filter bytes."""
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlace)
    (folder / f"{name}.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra
        + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    expect(name, "png")


grey, rgb, rgba = smooth(1)[..., 0], smooth(3), smooth(4)
save(Image.fromarray(grey), "grey")
save(Image.fromarray(grey > 120), "grey1")
save(Image.fromarray(rgb), "rgb")
save(Image.fromarray(rgba, "RGBA"), "rgba")
save(Image.fromarray(np.stack([grey, 255 - grey], -1), "LA"), "grey_alpha")
save(Image.fromarray(rgb).quantize(200), "palette8")
save(Image.fromarray(rgb).quantize(13), "palette4")
save(Image.fromarray(rgb).quantize(4), "palette2")
save(Image.fromarray(rgb).quantize(2), "palette1")
save(Image.fromarray(rgb).quantize(200), "palette_transparent", transparency=3)
save(Image.fromarray(rgb), "rgb_transparent", transparency=tuple(int(v) for v in rgb[2, 3]))
wide = (grey.astype(np.uint16) << 8) | random.integers(0, 256, (H, W), dtype=np.uint16)
save(Image.fromarray(wide), "grey16")
save(Image.fromarray(grey[:1, :1]), "one_pixel")

for depth in 2, 4:
    bits = (grey >> (8 - depth)).astype(np.uint8)
    rows = b""
    for row in bits:
        text = "".join(format(v, f"0{depth}b") for v in row)
        text += "0" * (-len(text) % 8)
        rows += b"\0" + int(text, 2).to_bytes(len(text) // 8, "big")
    png(f"grey{depth}", W, H, depth, 0, rows)

for name, kind, values in ("rgb16", 2, rgb), ("rgba16", 6, rgba):
    values = (values.astype(np.uint16) << 8) | random.integers(0, 256, values.shape, dtype=np.uint16)
    png(name, W, H, 16, kind, b"".join(b"\0" + row.astype(">u2").tobytes() for row in values))
both = np.stack([wide, 65535 - wide], -1)
png("grey_alpha16", W, H, 16, 4, b"".join(b"\0" + row.astype(">u2").tobytes() for row in both))

# Adam7: the seven passes with their first column and row and their steps.
passes = (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)
rows = b""
for x, y, dx, dy in passes:
    for row in rgb[y::dy, x::dx]:
        rows += b"\0" + row.tobytes() if row.size else b""
png("interlaced", W, H, 8, 2, rows, interlace=1)

# A profile, a gamma, a text and a time change nothing.
extra = chunk(b"gAMA", struct.pack(">I", 100000)) + chunk(b"tEXt", b"Title\0x")
png("ancillary", W, H, 8, 0, b"".join(b"\0" + row.tobytes() for row in grey), extra)

save(Image.fromarray(grey), "jpeg_grey", "jpg", quality=90)
for subsampling, name in enumerate(["444", "422", "420"]):
    save(Image.fromarray(rgb), f"jpeg_{name}", "jpg", quality=85, subsampling=subsampling)
save(Image.fromarray(rgb), "jpeg_progressive", "jpg", quality=80, progressive=True)
save(Image.fromarray(rgb), "jpeg_restarts", "jpg", quality=80, restart_marker_blocks=1)
save(Image.fromarray(rgb), "jpeg_rgb", "jpg", quality=95, keep_rgb=True)
save(Image.fromarray(rgba, "CMYK"), "jpeg_cmyk", "jpg", quality=95)
exif = Image.Exif()
exif[0x0112] = 6  # to be turned by a quarter, which plain opening does not do
save(Image.fromarray(rgb), "jpeg_turned", "jpg", quality=85, exif=exif)
