"""unusual_photo_files.py OUT: small photo files as phones, scanners and old programs leave them, for tests/data/codecs.

Each has the file, and what Pillow makes of it: the sha256 of the RGB bytes after `exif_transpose`, or the bytes and how
far a decoder may be off.
"""

import io
import json
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from photo_files import photo, png_chunk, sha256, text

cases: list[dict] = []
IMAGE = photo()
RGB = np.array(IMAGE)
HEIGHT, WIDTH, _ = RGB.shape


def add(name: str, file: bytes, within: int = 0, rgb: np.ndarray | None = None) -> None:
    if rgb is None:
        with Image.open(io.BytesIO(file)) as image:
            rgb = np.array(ImageOps.exif_transpose(image).convert("RGB"))
    case = {"name": name, "width": rgb.shape[1], "height": rgb.shape[0], "within": within}
    case |= {"file": text(file)} | ({"rgb": text(rgb.tobytes())} if within else {"sha256": sha256(rgb.tobytes())})
    cases.append(case)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


# Orientation.

ORIENTATION = struct.pack("<HHIHH", 0x112, 3, 1, 6, 0)
EXIF = b"Exif\0\0"
# Orientation 6 is turned clockwise.
UPRIGHT = np.rot90(RGB, 3)
UPRIGHT_JPEG = np.rot90(np.array(Image.open(io.BytesIO(saved(IMAGE, "jpeg")))), 3)


def exif(*entries: bytes, count: int | None = None) -> bytes:
    return b"II*\0\x08\0\0\0" + struct.pack("<H", count or len(entries)) + b"".join(entries) + b"\0\0\0\0"


def xmp(orientation: str) -> bytes:
    body = f'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" {orientation}</rdf:Description>'
    return b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF>' + body.encode() + b"</rdf:RDF></x:xmpmeta>"


ATTRIBUTE = xmp('tiff:Orientation="6">')
ELEMENT = xmp("><tiff:Orientation>6</tiff:Orientation>")


def jpeg_with(*segments: bytes) -> bytes:
    file = saved(IMAGE, "jpeg")
    return file[:2] + b"".join(b"\xff\xe1" + struct.pack(">H", len(s) + 2) + s for s in segments) + file[2:]


def png_with(*chunks: bytes) -> bytes:
    file = saved(IMAGE, "png")
    return file[:33] + b"".join(chunks) + file[33:]


def webp_with(**chunks: bytes) -> bytes:
    """Keywords are types of chunks, with _ for a space."""
    still = saved(IMAGE, "webp", lossless=True)[12:]
    canvas = struct.pack("<I", 0x0C) + (WIDTH - 1).to_bytes(3, "little") + (HEIGHT - 1).to_bytes(3, "little")
    return riff(riff_chunk(b"VP8X", canvas) + still + b"".join(riff_chunk(k.replace("_", " ").encode(), v) for k, v in chunks.items()))


def riff_chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def riff(chunks: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def orientations() -> None:
    far = struct.pack("<HHII", 0x10F, 2, 20, 60000)
    unknown = struct.pack("<HHII", 0x110, 77, 1, 5)
    long = struct.pack("<HHII", 0x9C9B, 1, 2**31, 26)
    good = {
        "plain": exif(ORIENTATION),
        "after a field past the end": exif(far, ORIENTATION),
        "before a field past the end": exif(ORIENTATION, far),
        "beside a field of an unknown type": exif(unknown, ORIENTATION),
        "before a field of 2 GB": exif(ORIENTATION, long),
        "in a directory that claims too many": exif(ORIENTATION, count=200),
    }
    for name, data in good.items():
        # Pillow stops at the first field that is past the end; cameras' makers' notes are, after editing.
        add(f"orientation {name}.jpeg", jpeg_with(EXIF + data), rgb=UPRIGHT_JPEG)
    data = good["plain"]
    add("orientation behind Exif.webp", webp_with(EXIF=EXIF + data))
    add("orientation behind Exif.png", png_with(png_chunk(b"eXIf", EXIF + data)))
    hexadecimal = f"\nexif\n{len(EXIF + data):8}\n{(EXIF + data).hex()}\n".encode()
    profile = b"Raw profile type exif\0"
    add("orientation in a raw profile.png", png_with(png_chunk(b"tEXt", profile + hexadecimal)))
    zipped = png_chunk(b"zTXt", profile + b"\0" + zlib.compress(hexadecimal))
    add("orientation in a compressed raw profile.png", png_with(zipped))
    # Pillow leaves this one aside; ImageMagick writes it for what it copied from a JPEG.
    add("orientation in an APP1 profile.png", png_with(png_chunk(b"tEXt", b"Raw profile type APP1\0" + hexadecimal)), rgb=UPRIGHT)
    packets = {"attribute": ATTRIBUTE, "element": ELEMENT}
    for name, packet in packets.items():
        segment = b"http://ns.adobe.com/xap/1.0/\0" + packet
        add(f"orientation in an {name} of XMP.jpeg", jpeg_with(segment))
        add(f"orientation in an {name} of XMP.webp", webp_with(XMP_=packet))
        international = b"XML:com.adobe.xmp\0\0\0\0\0" + packet
        add(f"orientation in an {name} of XMP.png", png_with(png_chunk(b"iTXt", international)))
        add(f"orientation in an {name} of XMP.tiff", saved(IMAGE, "tiff", tiffinfo={700: packet}))
        add(f"orientation in XMP, not in EXIF, {name}.jpeg", jpeg_with(EXIF + exif(unknown), segment))
        add(f"orientation 1 in EXIF and 6 in XMP, {name}.jpeg", jpeg_with(EXIF + exif(ORIENTATION.replace(b"\x06", b"\x01")), segment))
    compressed = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(ATTRIBUTE)
    add("orientation in compressed XMP.png", png_with(png_chunk(b"iTXt", compressed)))


# TIFF.

def tiff(fields: dict[int, tuple[int, list[int]]], pixels: bytes, order: str = "<", big: bool = False) -> bytes:
    """One strip; `fields` are types and values by tag, and those of the strip and the size are added."""
    fields = {256: (3, [WIDTH]), 257: (3, [HEIGHT]), 259: (3, [1])} | fields
    start = 16 if big else 8
    fields.setdefault(273, (4, [start]))
    if 279 not in fields:
        fields[279] = (4, [len(pixels)])
    fields = {tag: field for tag, field in sorted(fields.items()) if field[1]}
    word, entry, inline = ("Q", "HHQ", 8) if big else ("I", "HHI", 4)
    at = start + len(pixels) + len(pixels) % 2
    directory = struct.pack(order + ("Q" if big else "H"), len(fields))
    further_at = at + len(directory) + len(fields) * (4 + 2 * inline) + inline
    further = b""
    for tag, (kind, values) in fields.items():
        data = b"".join(struct.pack(order + {1: "B", 3: "H", 4: "I", 7: "B"}[kind], value) for value in values)
        if len(data) > inline:
            data, further = struct.pack(order + word, further_at + len(further)), further + data
        directory += struct.pack(order + entry, tag, kind, len(values)) + data.ljust(inline, b"\0")
    header = (b"II" if order == "<" else b"MM") + (struct.pack(order + "HHHQ", 43, 8, 0, at) if big else struct.pack(order + "HI", 42, at))
    return header + pixels.ljust(at - start, b"\0") + directory + struct.pack(order + word, 0) + further


def tiffs() -> None:
    rgb = {258: (3, [8, 8, 8]), 262: (3, [2]), 277: (3, [3])}
    pixels = RGB.tobytes()
    alpha = (np.mgrid[:HEIGHT, :WIDTH][1] * 12 % 256).astype(np.uint8)
    multiplied = (RGB.astype(int) * alpha[:, :, None] // 255).astype(np.uint8)
    rgba = np.dstack([multiplied, alpha])
    four = {258: (3, [8] * 4), 262: (3, [2]), 277: (3, [4])}
    for kind in (1, 2):
        name = {1: "associated", 2: "unassociated"}[kind]
        add(f"{name} alpha.tiff", tiff(four | {338: (3, [kind])}, rgba.tobytes()))
        wide = {258: (3, [16] * 4)}
        add(f"{name} alpha of 16 bits.tiff", tiff(four | wide | {338: (3, [kind])}, rgba.astype("<u2").__mul__(257).astype("<u2").tobytes()))
    zipped = zlib.compress(rgba.tobytes())
    add("associated alpha, deflate.tiff", tiff(four | {338: (3, [1]), 259: (3, [8])}, zipped))
    five = np.dstack([rgba, alpha])
    add("associated alpha and another channel.tiff", tiff(four | {258: (3, [8] * 5), 277: (3, [5]), 338: (3, [1, 0])}, five.tobytes()))
    add("without byte counts.tiff", tiff(rgb | {279: (4, [])}, pixels))
    add("without byte counts, big-endian.tiff", tiff(rgb | {279: (4, [])}, pixels, ">"))
    deflate = {259: (3, [8])}
    add("deflate with padding.tiff", tiff(rgb | deflate, zlib.compress(pixels) + bytes(50)))
    add("deflate of too many rows.tiff", tiff(rgb | deflate, zlib.compress(pixels + bytes(69))))
    for order in "<>":
        name = "little" if order == "<" else "big"
        # Pillow takes a big-endian one for a TIFF.
        add(f"BigTIFF {name}-endian.tiff", tiff(rgb, pixels, order, big=True), rgb=RGB)
        add(f"BigTIFF {name}-endian, deflate.tiff", tiff(rgb | deflate, zlib.compress(pixels), order, big=True), rgb=RGB)
    backwards = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
    grey = np.array(IMAGE.convert("L"))
    bits = np.packbits(grey > 128, axis=1)
    for name, depth, data in (("1 bit", 1, bits.tobytes()), ("8 bits", 8, grey.tobytes())):
        reverse = {258: (3, [depth]), 262: (3, [1]), 266: (3, [2])}
        add(f"fill order 2, {name}.tiff", tiff(reverse, data.translate(backwards)))
    add("fill order 2, deflate.tiff", tiff(rgb | deflate | {266: (3, [2])}, zlib.compress(pixels).translate(backwards)))
    ycbcr = IMAGE.convert("YCbCr")
    add("YCbCr.tiff", tiff(rgb | {262: (3, [6])}, ycbcr.tobytes()))
    floats = (grey.astype("<f4") * 1.3 - 20).astype("<f4")
    real = {258: (3, [32]), 262: (3, [1]), 339: (3, [3])}
    add("floats.tiff", tiff(real, floats.tobytes()))
    add("floats, big-endian.tiff", tiff(real, floats.astype(">f4").tobytes(), ">"))
    add("floats, deflate, white is zero.tiff", tiff(real | deflate | {262: (3, [0])}, zlib.compress(floats.tobytes())))
    add("JPEG.tiff", saved(IMAGE, "tiff", compression="jpeg"))
    add("JPEG of grey.tiff", saved(IMAGE.convert("L"), "tiff", compression="jpeg"))
    add("JPEG in strips.tiff", saved(IMAGE.resize((60, 50)), "tiff", compression="jpeg", strip_size=60 * 3 * 16))
    whole = saved(IMAGE, "jpeg", keep_rgb=True, subsampling=0)
    add("JPEG of RGB.tiff", tiff(rgb | {259: (3, [7])}, whole))


# The others.

def png_of(pixels: bytes, crc: int | None = None, packed: bytes | None = None) -> bytes:
    packed = zlib.compress(pixels) if packed is None else packed
    chunk = png_chunk(b"IDAT", packed)
    if crc is not None:
        chunk = chunk[:-4] + struct.pack(">I", crc)
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk + png_chunk(b"IEND", b"")


def pngs() -> None:
    rows = b"".join(b"\0" + row.tobytes() for row in RGB)
    for name, surplus in (("a byte", 1), ("a row", 1 + WIDTH * 3), ("a megabyte", 2**20)):
        add(f"{name} too many.png", png_of(rows + bytes(surplus)))
    add("wrong checksum of pixels.png", png_of(rows, 0))
    stored = b"\x78\x01\0" + struct.pack("<HH", len(rows) + 99, ~(len(rows) + 99) & 0xFFFF) + rows + bytes(4)
    add("stored block cut off after the pixels.png", png_of(rows, packed=stored))
    add("without a checksum at the end of deflate.png", png_of(rows, packed=zlib.compress(rows)[:-4]))


def gif(transparent: int | None, left: int, top: int, screen: tuple[int, int]) -> bytes:
    """A 3x2 frame, anywhere."""
    file = b"GIF89a" + struct.pack("<HHBBB", *screen, 0x82, 7, 0) + bytes(10 * (i + 1) + c for i in range(8) for c in range(3))
    if transparent is not None:
        file += b"\x21\xf9\x04\x01\0\0" + bytes([transparent]) + b"\0"
    codes = sum(code << 4 * i for i, code in enumerate((8, 1, 2, 3, 4, 5, 6, 9)))
    return file + b"\x2c" + struct.pack("<HHHHB", left, top, 3, 2, 0) + b"\x03\x04" + codes.to_bytes(4, "little") + b"\0\x3b"


def gifs() -> None:
    for transparent in (None, 3):
        for left, top, screen in ((0, 0, (2, 1)), (5, 4, (6, 5)), (9, 0, (4, 4)), (0, 0, (0, 0))):
            add(f"frame at {left}, {top} of a screen of {screen}, transparent {transparent}.gif", gif(transparent, left, top, screen))


def bmp(header: bytes, palette: bytes, pixels: bytes, start: int | None = None) -> bytes:
    start = 14 + len(header) + len(palette) if start is None else start
    return b"BM" + struct.pack("<IHHI", 14 + len(header) + len(palette) + len(pixels), 0, 0, start) + header + palette + pixels


def bmps() -> None:
    colours = [bytes([40 * i % 256, 250 - 9 * i, 17 * i % 256]) for i in range(16)]
    for bits in (1, 4, 8, 24):
        row = -(-7 * bits // 32) * 4
        pixels = bytes((37 * i + i * i) % 256 % (16 if bits == 8 else 256) for i in range(row * 5))
        palette = b"" if bits == 24 else b"".join(colours[: 2**bits]).ljust(3 * 2**bits, b"\0")
        add(f"OS2 of {bits} bits.bmp", bmp(struct.pack("<IHHHH", 12, 7, 5, 1, bits), palette, pixels))
    padded = b"".join(colour + b"\0" for colour in colours)

    def header(bits: int, compression: int, size: int = 40) -> bytes:
        return struct.pack("<IiiHHIIiiII", size, 7, 5, 1, bits, compression, 0, 0, 0, 16, 0).ljust(size, b"\0")

    rows = bytes((3 * i + i * i) % 16 for i in range(40))
    add("OS2 with a long header.bmp", bmp(header(8, 0, 64), padded, rows))
    add("pixels said to begin at the palette.bmp", bmp(header(8, 0), padded, rows, 54))
    runs = bytes([7, 1, 0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 2, 9, 0, 0, 0, 2, 3, 0, 4, 6, 0, 0, 9, 7, 0, 0, 1, 3, 6, 8, 0, 1])
    add("RLE8.bmp", bmp(header(8, 1), padded, runs))
    runs = bytes([7, 0x12, 0, 0, 0, 5, 0x34, 0x56, 0x70, 0, 2, 0x99, 0, 0, 0, 2, 3, 0, 4, 0x6A, 0, 0, 9, 0x7B, 0, 0, 1, 3, 6, 0x80, 0, 1])
    add("RLE4.bmp", bmp(header(4, 2), padded, runs))


def pnms() -> None:
    add("bits in text.pnm", b"P1 # a comment\n5 2\n10110 # more\n0 1 0\n0 1\n")
    add("grey in text.pnm", b"P2\n# a comment\n5 2 # and another\n100\n0 1 33 50 99\n100 7 8 9 63\n")
    add("colours in text.pnm", b"P3 2 2 255\n1 2 3  4 5 6\n# between\n255 0 9\r\n77 88 99")
    add("colours of 16 bits in text.pnm", b"P3 2 1 65535 0 1 30000 65535 128 129\n")


def webps() -> None:
    alpha = IMAGE.convert("RGBA")
    alpha.putalpha(Image.fromarray((np.mgrid[:HEIGHT, :WIDTH][1] * 11 % 256).astype(np.uint8)))
    for name, image, options in (("lossy", IMAGE, {}), ("lossless", IMAGE, {"lossless": True}), ("with alpha", alpha, {}), ("lossless with alpha", alpha, {"lossless": True, "exact": True})):
        frames = saved(image, "webp", save_all=True, append_images=[image.rotate(90)], **options)
        add(f"animated {name}.webp", frames)
    still = saved(IMAGE, "webp", lossless=True)[12:]

    def size(*values: int) -> bytes:
        return b"".join(value.to_bytes(3, "little") for value in values)

    frame = riff_chunk(b"ANMF", size(2, 1, WIDTH - 1, HEIGHT - 1, 100) + b"\0" + still)
    canvas = riff_chunk(b"VP8X", struct.pack("<I", 0x12) + size(39, 29)) + riff_chunk(b"ANIM", bytes(6))
    add("animated, a frame smaller than its canvas.webp", riff(canvas + frame + frame))


def jpegs() -> None:
    whole = saved(IMAGE, "jpeg")
    for zeros in (2, 100):
        add(f"{zeros} zeros for an end.jpeg", whole[:-2] + bytes(zeros))
    file = saved(IMAGE.convert("CMYK"), "jpeg", subsampling="4:4:4")
    at = file.index(b"\xff\xee")
    add("CMYK without Adobe.jpeg", file[:at] + file[at + 16 :], within=2)


def main() -> None:
    for make in (orientations, tiffs, pngs, gifs, bmps, pnms, webps, jpegs):
        make()
    lines = ",\n".join(json.dumps(case) for case in cases)
    Path(sys.argv[1]).write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
