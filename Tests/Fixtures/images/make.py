"""Small pictures and what Pillow makes of them: NAME.png or NAME.jpg, and NAME.L and NAME.RGB with the
raw bytes of convert('L') and convert('RGB'), after exif_transpose and on white where the picture is
transparent. pixels.txt holds the SHA-256 of such bytes for more pictures and backgrounds, damage.txt which
damaged files Pillow reads.

    python make.py        (needs Pillow and numpy)
"""

import hashlib
import io
import pathlib
import random as dice
import struct
import warnings
import zlib

import numpy as np
from PIL import Image, ImageOps

folder = pathlib.Path(__file__).parent
random = np.random.default_rng(7)
H, W = 13, 19


def smooth(channels):
    """Waves with some noise: neither flat nor without structure."""
    y, x = np.mgrid[0:H, 0:W]
    planes = [127 + 90 * np.sin(x / (3 + c) + c) * np.cos(y / (4 - c % 3)) for c in range(channels)]
    planes = np.stack(planes, -1) + random.normal(0, 12, (H, W, channels))
    return np.clip(planes, 0, 255).astype(np.uint8)


def upright(image):
    if image.mode == "I;16" and "transparency" not in image.info:
        # Pillow cuts 16-bit grey at 255; the reference is the high byte, as of 16-bit colours.
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    return ImageOps.exif_transpose(image)


def on(image, background):
    """The picture on a background where it is transparent."""
    if "A" not in image.mode and "transparency" not in image.info:
        return image
    return Image.alpha_composite(Image.new("RGBA", image.size, background), image.convert("RGBA"))


def expect(name, suffix):
    image = on(upright(Image.open(folder / f"{name}.{suffix}")), "white")
    for mode in "L", "RGB":
        # Without alpha first: L of RGBA is that of its colours.
        data = image.convert(mode if image.mode in ("1", "L", "P", "CMYK") else "RGB").convert(mode)
        (folder / f"{name}.{mode}").write_bytes(data.tobytes())


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
exif[0x0112] = 6  # to be turned by a quarter
save(Image.fromarray(rgb), "jpeg_turned", "jpg", quality=85, exif=exif)

pixels = []


def note(name, file, background, image):
    for mode in "L", "RGB":
        data = image.convert("RGB").convert(mode).tobytes()
        pixels.append(f"{file} {background} {mode} {hashlib.sha256(data).hexdigest()}")


# The eight orientations. Grey, so that every release of libjpeg gives the same.
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    for suffix, options in ("jpg", {"quality": 80}), ("png", {}):
        file = f"exif_{orientation}.{suffix}"
        Image.fromarray(grey).save(folder / file, exif=exif, **options)
        note(file, file, "white", ImageOps.exif_transpose(Image.open(folder / file)))


def transparent(name, depth, kind, samples, trns, alpha, colors, interlace=0, palette=b""):
    """A PNG with tRNS; what it shows follows from PNG's specification, with Pillow's arithmetic. Pillow
    itself compares grey of 1, 2, 4 and 16 bits and colours of 16 bits with other values than the file's."""
    depth_type = ">u2" if depth == 16 else np.uint8

    def lines(part):
        part = part.reshape(*part.shape[:2], -1)
        out = b""
        for row in part:
            if depth < 8:
                bits = "".join(format(int(v), f"0{depth}b") for v in row[:, 0])
                bits += "0" * (-len(bits) % 8)
                out += b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
            else:
                out += b"\0" + row.astype(depth_type).tobytes()
        return out

    if interlace:
        parts = [samples[y::dy, x::dx] for x, y, dx, dy in passes]
        rows = b"".join(lines(part) for part in parts if part.size)
    else:
        rows = lines(samples)
    header = struct.pack(">IIBBBBB", samples.shape[1], samples.shape[0], depth, kind, 0, 0, interlace)
    (folder / f"{name}.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + (chunk(b"PLTE", palette) if palette else b"")
        + (chunk(b"tRNS", trns) if trns else b"") + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))
    image = Image.fromarray(np.dstack([colors, alpha]).astype(np.uint8), "RGBA")
    for background in "white", "black", "#3060c0":
        note(name, f"{name}.png", background, on(image, background))
    return image


def grey_to_rgb(values, depth):
    values = values >> 8 if depth == 16 else values.astype(int) * 255 // (2**depth - 1)
    return np.repeat(values[..., None], 3, -1)


for depth in 1, 2, 4, 8, 16:
    samples = wide if depth == 16 else (grey >> (8 - depth)).astype(int)
    value = int(samples[2, 3])
    image = transparent(
        f"grey{depth}_trns", depth, 0, samples, struct.pack(">H", value),
        np.where(samples == value, 0, 255), grey_to_rgb(samples, depth), interlace=depth == 4)
    if depth == 8:
        theirs = Image.open(folder / "grey8_trns.png").convert("RGBA")
        assert theirs.tobytes() == image.tobytes()
deep = (rgb.astype(np.uint16) << 8) | random.integers(0, 256, rgb.shape, dtype=np.uint16)
deep[4, 5] = deep[2, 3]
deep[4, 5, 1] ^= 1  # differs from the transparent colour in a low byte only
transparent(
    "rgb16_trns", 16, 2, deep, struct.pack(">HHH", *map(int, deep[2, 3])),
    np.where((deep == deep[2, 3]).all(-1), 0, 255), deep >> 8)
for depth in 1, 2, 4, 8:
    count = min(2**depth, 40)
    palette = random.integers(0, 256, (count, 3))
    alphas = random.integers(0, 256, max(1, count - 1))  # the last entries are opaque
    samples = (grey.astype(int) * count) >> 8
    image = transparent(
        f"palette{depth}_trns", depth, 3, samples, bytes(alphas.tolist()),
        np.append(alphas, 255)[np.minimum(samples, len(alphas))], palette[samples],
        interlace=depth == 2, palette=bytes(palette.flatten().tolist()))
    theirs = Image.open(folder / f"palette{depth}_trns.png").convert("RGBA")
    assert theirs.tobytes() == image.tobytes()
four = rgba.copy()
four[0, :, 3], four[1, :, 3] = 0, 255
for interlace in 0, 1:
    transparent(f"rgba_adam7_{interlace}", 8, 6, four, b"", four[..., 3], four[..., :3], interlace)
low = random.integers(0, 4096, (H, W)).astype(np.uint16)
low[0, 0] = 4095
png("grey12_in_16", W, H, 16, 0, b"".join(b"\0" + row.astype(">u2").tobytes() for row in low))

(folder / "pixels.txt").write_text("\n".join(pixels) + "\n")

# Damage: what is done to a file of this folder, and whether Pillow reads the result.
dice.seed(14)
warnings.simplefilter("ignore")


def reads(data):
    try:
        Image.open(io.BytesIO(data)).load()
    except Exception:
        return False
    return True


verdicts = []
for base in "jpeg_grey", "jpeg_420", "jpeg_progressive", "jpeg_restarts", "jpeg_cmyk":
    whole = (folder / f"{base}.jpg").read_bytes()
    scan = whole.index(b"\xff\xda")
    for kind in ["cut"] * 12 + ["stray"] * 24 + ["flip"] * 8 + ["insert"] * 6 + ["delete"] * 6:
        place = dice.randrange(scan + 10, len(whole) - 4)
        if kind == "cut":
            place = dice.choice([dice.randrange(2, len(whole)), len(whole) - 1, len(whole) - 2])
            size, data = 0, b""
            result = whole[:place]
        elif kind == "stray":
            size, data = 2, bytes([255, dice.randrange(256)])
        elif kind == "flip":
            size, data = 1, bytes([whole[place] ^ 1 << dice.randrange(8)])
        elif kind == "insert":
            size, data = 0, bytes(dice.randrange(256) for _ in range(dice.randint(1, 5)))
        else:
            size, data = dice.randint(1, 20), b""
        if kind != "cut":
            result = whole[:place] + data + whole[place + size:]
        verdict = "read" if reads(result) else "refused"
        end = len(whole) if kind == "cut" else place + size
        verdicts.append(f"{base}.jpg {place} {end} {data.hex() or '-'} {verdict}")
(folder / "damage.txt").write_text("\n".join(sorted(set(verdicts))) + "\n")
