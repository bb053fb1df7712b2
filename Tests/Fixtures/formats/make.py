#!/usr/bin/env python3
"""Small images in BMP, PBM, PGM, PPM, TIFF and WebP, and what Pillow makes of them: expected.txt holds for each its
upright height and width, its channels, and in base64 its bytes after exif_transpose, on white where it is
transparent, as convert('L') and convert('RGB'). damage.txt holds which damaged files Pillow reads.

    python make.py        (needs Pillow and numpy)
"""

import base64
import io
import pathlib
import random as dice
import struct
import warnings

import numpy as np
from PIL import Image, ImageOps

folder = pathlib.Path(__file__).parent
random = np.random.default_rng(11)
H, W = 5, 7
warnings.simplefilter("ignore")
lines = []


def smooth(channels, h=H, w=W):
    y, x = np.mgrid[0:h, 0:w]
    planes = [127 + 100 * np.sin(x / (2 + c) + c) * np.cos(y / (3 - c % 3)) for c in range(channels)]
    planes = np.stack(planes, -1) + random.normal(0, 12, (h, w, channels))
    return np.clip(planes, 0, 255).astype(np.uint8)


def reference(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        # Pillow cuts 16-bit grey at 255; the reference is the high byte, as of 16-bit colours.
        image = Image.fromarray((np.asarray(image).astype(np.int64) >> 8).astype(np.uint8))
    grey = image.mode in ("1", "L", "LA", "La")
    if image.mode == "La":
        image = image.convert("LA")
    if "A" in image.mode:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    return image, grey


def expect(file):
    image, grey = reference((folder / file).read_bytes())
    # Without alpha first: L of RGBA is that of its colours.
    parts = [image.convert(mode if image.mode in ("1", "L", "P", "CMYK") else "RGB").convert(mode).tobytes()
             for mode in ("L", "RGB")]
    texts = [base64.b64encode(part).decode() for part in parts]
    lines.append(f"{file} {image.height} {image.width} {1 if grey else 3} {texts[0]} {texts[1]}")


def write(file, data):
    (folder / file).write_bytes(data)
    expect(file)


def save(file, image, **options):
    image.save(folder / file, **options)
    expect(file)


grey, rgb, rgba = smooth(1)[..., 0], smooth(3), smooth(4)
rgba[0, :, 3], rgba[1, :, 3] = 0, 255
wide = (grey.astype(np.uint16) << 8) | random.integers(0, 256, (H, W), dtype=np.uint16)
deep = (rgba.astype(np.uint16) << 8) | random.integers(0, 256, rgba.shape, dtype=np.uint16)

# MARK: BMP

save("grey8.bmp", Image.fromarray(grey))
save("grey1.bmp", Image.fromarray(grey > 120))
save("rgb24.bmp", Image.fromarray(rgb))
save("palette8.bmp", Image.fromarray(rgb).quantize(20))


def bmp(file, bits, rows, header=40, compression=0, palette=b"", masks=(), top_down=False, colors=0):
    """`rows` from the top, each with its padding."""
    height = -H if top_down else H
    data = b"".join(rows if top_down else rows[::-1])
    if header == 12:
        info = struct.pack("<IHHHH", 12, W, H, 1, bits)
    else:
        info = struct.pack("<IiiHHIIiiII", header, W, height, 1, bits, compression, len(data), 0, 0, colors, 0)
        info += struct.pack(f"<{len(masks)}I", *masks)
        info += bytes(max(0, header - len(info)))
    start = 14 + len(info) + len(palette)
    write(file, struct.pack("<2sIHHI", b"BM", start + len(data), 0, 0, start) + info + palette + data)


def padded(row):
    return row + bytes(-len(row) % 4)


def packed(values, bits):
    text = "".join(format(int(v), f"0{bits}b") for v in values)
    text += "0" * (-len(text) % 8)
    return padded(int(text, 2).to_bytes(len(text) // 8, "big"))


table = random.integers(0, 256, (16, 3), dtype=np.uint8)
four = [packed(row, 4) for row in grey >> 4]
bmp("palette4.bmp", 4, four, palette=b"".join(bytes(c) + b"\0" for c in table), colors=16)
bmp("palette4_short.bmp", 4, [packed(row, 4) for row in grey >> 6],
    palette=b"".join(bytes(c) + b"\0" for c in table[:4]), colors=4)
bmp("palette1.bmp", 1, [packed(row, 1) for row in grey >> 7], palette=b"\x10\x80\xf0\0\xff\x20\x30\0", colors=2)
bmp("os2.bmp", 4, four, header=12, palette=b"".join(bytes(c) for c in table))
bmp("os2_24.bmp", 24, [padded(row[:, ::-1].tobytes()) for row in rgb], header=12)
bmp("top_down.bmp", 24, [padded(row[:, ::-1].tobytes()) for row in rgb], top_down=True)
bmp("rgbx32.bmp", 32, [row[:, [2, 1, 0, 3]].tobytes() for row in rgba])
bmp("v5_rgba.bmp", 32, [row[:, [2, 1, 0, 3]].tobytes() for row in rgba], 124, 3,
    masks=(0xFF0000, 0xFF00, 0xFF, 0xFF000000))
bmp("v4_abgr.bmp", 32, [row[:, [3, 2, 1, 0]].tobytes() for row in rgba], 108, 3,
    masks=(0xFF000000, 0xFF0000, 0xFF00, 0xFF))
bmp("masks.bmp", 32, [row[:, [2, 1, 0, 3]].tobytes() for row in rgba], 40, 3, masks=(0xFF0000, 0xFF00, 0xFF))
sixteen = random.integers(0, 65536, (H, W), dtype=np.uint16)
bmp("rgb555.bmp", 16, [padded(row.tobytes()) for row in sixteen])
bmp("rgb565.bmp", 16, [padded(row.tobytes()) for row in sixteen], 40, 3, masks=(0xF800, 0x7E0, 0x1F))

# MARK: PBM, PGM, PPM

save("grey1.pbm", Image.fromarray(grey > 120))
save("grey8.pgm", Image.fromarray(grey))
save("grey16.pgm", Image.fromarray(wide))
save("rgb.ppm", Image.fromarray(rgb))
write("plain.pbm", b"P1 # a comment\n7 5\n" + b"\n".join(b"".join(b"01"[v : v + 1] for v in row) for row in grey >> 7))
write("plain.pgm", b"P2\n# one\n7 5 #two\n100\n" + " ".join(str(int(v) * 100 // 255) for v in grey.flat).encode() + b"\n")
write("plain.ppm", b"P3 7 5 255\n" + "\n".join(str(v) for v in rgb.flat).encode())
write("plain16.pgm", b"P2 7 5 1000\n" + " ".join(str(int(v) * 1000 // 255) for v in grey.flat).encode())
write("scaled.pgm", b"P5 7 5 77\n" + (grey.astype(int) * 77 // 255).astype(np.uint8).tobytes())
write("scaled16.pgm", b"P5 7 5 1023\n" + (wide >> 6).astype(">u2").tobytes())
write("deep.ppm", b"P6 7 5 65535\n" + deep[..., :3].astype(">u2").tobytes())
write("comment.ppm", b"P6\n#" + b"x" * 5000 + b"\n7 5 255\n" + rgb.tobytes())

# MARK: TIFF

save("grey1.tif", Image.fromarray(grey > 120))
save("grey8.tif", Image.fromarray(grey), compression="tiff_lzw")
save("grey16.tif", Image.fromarray(wide), compression="tiff_adobe_deflate")
save("grey_alpha.tif", Image.fromarray(np.stack([grey, rgba[..., 3]], -1), "LA"))
save("rgb.tif", Image.fromarray(rgb))
save("rgb_packbits.tif", Image.fromarray(rgb), compression="packbits")
save("rgba.tif", Image.fromarray(rgba, "RGBA"), compression="tiff_lzw")
save("cmyk.tif", Image.fromarray(rgba, "CMYK"))
save("palette8.tif", Image.fromarray(rgb).quantize(20), compression="tiff_lzw")
save("fax4.tif", Image.fromarray(grey > 120), compression="group4")
big = Image.fromarray(smooth(3, 16, 16))
save("jpeg.tif", big, compression="jpeg", quality=95)
save("jpeg_grey.tif", big.convert("L"), compression="jpeg", quality=95)
pages = io.BytesIO()
Image.fromarray(rgb).save(pages, "TIFF", save_all=True, append_images=[Image.fromarray(grey)])
write("pages.tif", pages.getvalue())


def tiff(file, data, bits, photometric, samples=1, order="<", planar=1, extra=None, palette=None, more=()):
    """A TIFF of one strip, or of one for each sample."""
    strips = data if isinstance(data, list) else [data]
    tags = [(256, 3, [W]), (257, 3, [H]), (258, 3, [bits] * samples), (259, 3, [1]), (262, 3, [photometric]),
            (277, 3, [samples]), (278, 3, [H]), (279, 4, [len(s) for s in strips]), (284, 3, [planar])]
    if extra is not None:
        tags.append((338, 3, extra))
    if palette is not None:
        tags.append((320, 3, palette))
    tags += more
    tags.append((273, 4, None))
    tags.sort()
    body = b"".join(strips)
    places = [8 + sum(len(s) for s in strips[:i]) for i in range(len(strips))]
    directory = 8 + len(body) + len(body) % 2
    values, out = b"", b""
    behind = directory + 2 + 12 * len(tags) + 4
    for tag, kind, numbers in tags:
        numbers = places if tag == 273 else numbers
        text = struct.pack(order + {3: "H", 4: "I"}[kind] * len(numbers), *numbers)
        if len(text) > 4:
            place, values = behind + len(values), values + text + bytes(len(text) % 2)
            text = struct.pack(order + "I", place)
        out += struct.pack(order + "HHI", tag, kind, len(numbers)) + text.ljust(4, b"\0")
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, directory)
    write(file, head + body + bytes(len(body) % 2) + struct.pack(order + "H", len(tags)) + out + bytes(4) + values)


def bits_of(values, bits):
    rows = b""
    for row in values:
        text = "".join(format(int(v), f"0{bits}b") for v in row)
        text += "0" * (-len(text) % 8)
        rows += int(text, 2).to_bytes(len(text) // 8, "big")
    return rows


for depth in 1, 2, 4, 8:
    values = grey >> (8 - depth)
    tiff(f"white{depth}.tif", bits_of(values, depth), depth, 0)
    if depth < 8:
        tiff(f"black{depth}.tif", bits_of(values, depth), depth, 1)
    colors = random.integers(0, 65536, 3 * 2**depth).tolist()
    tiff(f"colors{depth}.tif", bits_of(values, depth), depth, 3, palette=colors)
tiff("motorola.tif", deep[..., :3].astype(">u2").tobytes(), 16, 2, 3, ">")
tiff("rgb16.tif", deep[..., :3].astype("<u2").tobytes(), 16, 2, 3)
tiff("rgba16.tif", deep.astype("<u2").tobytes(), 16, 2, 4, extra=[2])
tiff("cmyk16.tif", deep.astype("<u2").tobytes(), 16, 5, 4)
tiff("grey16_motorola.tif", wide.astype(">u2").tobytes(), 16, 1, 1, ">")
tiff("planes.tif", [rgb[..., c].tobytes() for c in range(3)], 8, 2, 3, planar=2)
tiff("planes_alpha.tif", [rgba[..., c].tobytes() for c in range(4)], 8, 2, 4, planar=2, extra=[2])
tiff("unnamed_alpha.tif", rgba.tobytes(), 8, 2, 4)
tiff("rgbx.tif", rgba.tobytes(), 8, 2, 4, extra=[0])
tiff("rgbax.tif", np.dstack([rgba, grey]).tobytes(), 8, 2, 5, extra=[2, 0])
product = rgba.copy()
product[..., :3] = rgba[..., :3].astype(int) * rgba[..., 3:] // 255
tiff("premultiplied.tif", product.tobytes(), 8, 2, 4, extra=[1])
tiff("grey_x.tif", np.stack([grey, 255 - grey], -1).tobytes(), 8, 1, 2, extra=[0])

# Tiles, of which the last ones reach beyond the image.
tiles = []
padded_rgb = np.zeros((16, 32, 3), np.uint8)
area = smooth(3, 13, 19)
padded_rgb[:13, :19] = area
body = padded_rgb[:, :16].tobytes() + padded_rgb[:, 16:].tobytes()
entries = [(256, 3, 1, 19), (257, 3, 1, 13), (258, 3, 3, 8 + len(body)), (259, 3, 1, 1), (262, 3, 1, 2),
           (277, 3, 1, 3), (322, 3, 1, 16), (323, 3, 1, 16), (324, 4, 2, 8 + len(body) + 6),
           (325, 4, 2, 8 + len(body) + 14)]
values = struct.pack("<3H4I", 8, 8, 8, 8, 8 + 768, 768, 768)
write("tiles.tif", b"II*\0" + struct.pack("<I", 8 + len(body) + len(values)) + body + values
      + struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *e) for e in entries) + bytes(4))

# MARK: WebP

save("lossy.webp", Image.fromarray(rgb), quality=90)
save("lossless.webp", Image.fromarray(rgb), lossless=True)
save("rgba.webp", Image.fromarray(rgba, "RGBA"), lossless=True)
save("lossy_alpha.webp", Image.fromarray(rgba, "RGBA"), quality=80)
save("grey.webp", Image.fromarray(grey), quality=90)

# MARK: The eight orientations

# MARK: BMP of run lengths: runs, pixels as they are (an odd number, so padded), ends of rows, jumps, too long a run.

colours = b"".join(bytes(c) + b"\0" for c in table)
runs8 = bytes([7, 3, 0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 2, 9, 0, 0, 3, 1, 0, 2, 2, 1, 2, 7, 0, 0, 0, 3, 8, 9, 10, 0, 4, 11, 0, 1])
runs4 = bytes([7, 0x35, 0, 0, 0, 5, 0x12, 0x34, 0x50, 0, 2, 0x9A, 0, 0, 3, 0x17, 0, 2, 2, 1, 9, 0x78, 0, 0,
               0, 3, 0x89, 0xA0, 4, 0xBC, 0, 1])
bmp("rle8.bmp", 8, [runs8], compression=1, palette=colours, colors=16)
bmp("rle8_top_down.bmp", 8, [runs8], compression=1, palette=colours, colors=16, top_down=True)
bmp("rle4.bmp", 4, [runs4], compression=2, palette=colours, colors=16)
levels = b"".join(bytes([level, level, level, 0]) for level in range(256))
bmp("rle8_grey.bmp", 8, [b"".join(bytes([1, level]) for level in row) + b"\0\0" for row in grey], compression=1,
    palette=levels, colors=256)

for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    save(f"exif_{orientation}.webp", Image.fromarray(rgb), lossless=True, exif=exif)
    tiff(f"exif_{orientation}.tif", rgb.tobytes(), 8, 2, 3, more=[(274, 3, [orientation])])
large = Image.Exif()
large[0x0112], large[0x010E] = 6, "x" * 60000
save("long_header.jpg", Image.fromarray(grey), exif=large, icc_profile=bytes(9000))

(folder / "expected.txt").write_text("\n".join(lines) + "\n")

# MARK: Damage: what is cut off a file of this folder, and whether Pillow reads the rest.

dice.seed(5)


def reads(data):
    try:
        Image.open(io.BytesIO(data)).load()
    except Exception:
        return False
    return True


verdicts = []
for base in ("rgb24.bmp", "palette4.bmp", "rgb.ppm", "plain.pgm", "grey1.pbm", "scaled.pgm", "rgb16.tif", "grey8.tif",
             "tiles.tif", "lossy.webp", "rgba.webp", "rle8.bmp", "rle4.bmp", "rle8_grey.bmp"):
    whole = (folder / base).read_bytes()
    for cut in sorted({1, 2, 3, 5, len(whole) // 2, *(dice.randrange(1, len(whole) - 8) for _ in range(6))}):
        if base == "tiles.tif" and 4 < cut < 17:
            continue  # Pillow uses a tag whose entry is cut; libtiff does not
        verdicts.append(f"{base} {cut} {'read' if reads(whole[:-cut]) else 'refused'}")
(folder / "damage.txt").write_text("\n".join(verdicts) + "\n")
