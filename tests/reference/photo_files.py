"""photo_files.py OUT: small photo files of every kind that is decoded, and what Pillow makes of them, for tests/data.

Each has the file, the sha256 of the RGB bytes of `Image.open(...).convert("RGB")`, and `upright`, of those after
`exif_transpose`. `within` is how far a decoder may be off; then `rgb` has the bytes. 16-bit grey is expected as its upper byte, where Pillow clips it at 255.
"""

import base64
import hashlib
import io
import json
import struct
import sys
import warnings
import zlib
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

WIDTH, HEIGHT = 23, 17
rng = np.random.default_rng(0)
cases: list[dict] = []


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def add(name: str, file: bytes, within: int = 0, rgb: np.ndarray | None = None) -> None:
    if rgb is None:
        rgb = np.array(Image.open(io.BytesIO(file)).convert("RGB"))
    case = {"name": name, "width": rgb.shape[1], "height": rgb.shape[0], "within": within}
    case |= {"file": text(file), "sha256": sha256(rgb.tobytes())}
    if within:
        case["rgb"] = text(rgb.tobytes())
    with Image.open(io.BytesIO(file)) as image:
        if image.getexif().get(0x112, 1) != 1:
            case["upright"] = sha256(ImageOps.exif_transpose(image.convert("RGB")).tobytes())
    cases.append(case)


def save(image: Image.Image, name: str, within: int = 0, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, options.pop("format", None) or name.rsplit(".", 1)[1], **options)
    add(name, out.getvalue(), within)
    return out.getvalue()


def photo() -> Image.Image:
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    waves = [128 + 100 * np.sin(x / 3 + y / 5), 128 + 100 * np.cos(x / 4), 10 * y + 3 * x]
    return Image.fromarray(np.stack(waves, 2).clip(0, 255).astype(np.uint8))


def jpegs(image: Image.Image) -> None:
    for subsampling in ("4:4:4", "4:2:2", "4:2:0"):
        save(image, f"{subsampling}.jpeg", subsampling=subsampling)
    save(image, "progressive.jpeg", progressive=True)
    save(image.convert("L"), "grey.jpeg")
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x112] = orientation
        save(image, f"orientation {orientation}.jpeg", exif=exif)
    save(image, "with a comment and a profile.jpeg", comment=b"x" * 300, icc_profile=b"p" * 500)
    cmyk = image.convert("CMYK")
    file = save(cmyk, "cmyk.jpeg", within=2, subsampling="4:4:4")
    save(cmyk, "cmyk progressive.jpeg", within=2, progressive=True, subsampling="4:4:4")
    transform = file.index(b"Adobe") + 11
    add("ycck.jpeg", file[:transform] + b"\2" + file[transform + 1 :], within=2)


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_rows(samples: np.ndarray, depth: int, step: int, first_filter: int) -> bytes:
    """[rows, samples] packed, each row with the next of the five filters."""
    bits = np.unpackbits(samples.astype(">u2").view(np.uint8).reshape(*samples.shape, 2), axis=2)
    rows = np.packbits(bits[:, :, 16 - depth :].reshape(len(samples), -1), axis=1)
    out, above = b"", np.zeros(rows.shape[1], np.uint8)
    for i, row in enumerate(rows):
        left = np.concatenate([np.zeros(step, np.uint8), row])[: len(row)].astype(int)
        corner = np.concatenate([np.zeros(step, np.uint8), above])[: len(row)].astype(int)
        up = above.astype(int)
        distances = np.abs([up - corner, left - corner, left + up - 2 * corner])
        paeth = np.choose(distances.argmin(0), [left, up, corner])
        kind = (first_filter + i) % 5
        guess = [0 * up, left, up, (left + up) // 2, paeth][kind]
        out += bytes([kind]) + ((row - guess) % 256).astype(np.uint8).tobytes()
        above = row
    return out


ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def png(samples: np.ndarray, colour: int, depth: int, interlaced: bool, extra: bytes = b"") -> bytes:
    height, width, channels = samples.shape
    pixels = b""
    for n, (x, y, dx, dy) in enumerate(ADAM7 if interlaced else ((0, 0, 1, 1),)):
        part = samples[y::dy, x::dx]
        if part.size:
            pixels += png_rows(part.reshape(len(part), -1), depth, max(1, channels * depth // 8), n)
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    packed = zlib.compress(pixels)
    half = len(packed) // 2
    chunks = png_chunk(b"IHDR", header) + extra
    chunks += png_chunk(b"IDAT", packed[:half]) + png_chunk(b"IDAT", packed[half:])
    return b"\x89PNG\r\n\x1a\n" + chunks + png_chunk(b"IEND", b"")


def pngs() -> None:
    depths = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
    for colour, depth in [(colour, depth) for colour in depths for depth in depths[colour]]:
        palette = png_chunk(b"PLTE", rng.bytes(3 * 2**depth)) if colour == 3 else b""
        for interlaced, width, height in ((False, 11, 9), (True, 11, 9), (True, 1, 1), (True, 3, 2)):
            samples = rng.integers(0, 2**depth, (height, width, channels[colour]))
            file = png(samples, colour, depth, interlaced, palette)
            grey16 = np.repeat((samples[:, :, :1] >> 8).astype(np.uint8), 3, 2) if (colour, depth) == (0, 16) else None
            kind = "interlaced" if interlaced else "plain"
            add(f"colour {colour} depth {depth} {kind} {width}x{height}.png", file, rgb=grey16)
    samples = rng.integers(0, 256, (5, 7, 3))
    add("transparent colour.png", png(samples, 2, 8, False, png_chunk(b"tRNS", samples[0, 0].astype(">u2").tobytes())))
    few = png_chunk(b"PLTE", bytes([9, 8, 7, 6, 5, 4]))
    add("transparent palette.png", png(samples[:, :, :1] % 2, 3, 8, False, few + png_chunk(b"tRNS", b"\x00\x80")))
    add("palette too short.png", png(samples[:, :, :1], 3, 8, False, few))
    exif = Image.Exif()
    exif[0x112] = 6
    save(photo(), "orientation 6.png", exif=exif)


def gif(transparent: int | None, local_palette: bool) -> bytes:
    """A 3x2 frame at (2, 1) of a 6x4 screen."""
    palette = bytes(10 * (i + 1) + c for i in range(8) for c in range(3))
    file = b"GIF89a" + struct.pack("<HHBBB", 6, 4, 2 if local_palette else 0x82, 7, 0)
    file += b"" if local_palette else palette
    if transparent is not None:
        file += b"\x21\xf9\x04\x01\0\0" + bytes([transparent]) + b"\0"
    file += b"\x2c" + struct.pack("<HHHHB", 2, 1, 3, 2, 0x82 if local_palette else 0)
    file += palette if local_palette else b""
    codes = sum(code << 4 * i for i, code in enumerate((8, 1, 2, 3, 4, 5, 6, 9)))
    return file + b"\x03\x04" + codes.to_bytes(4, "little") + b"\0\x3b"


def gifs(image: Image.Image) -> None:
    save(image.convert("P"), "palette.gif")
    save(image.quantize(16), "transparent.gif", transparency=3)
    save(image.convert("P"), "animated.gif", save_all=True, append_images=[image.rotate(90).convert("P")])
    for transparent, local_palette in ((None, False), (3, False), (None, True)):
        add(f"small frame, transparent {transparent}, local {local_palette}.gif", gif(transparent, local_palette))


def bmp(pixels: bytes, width: int, height: int, bits: int, masks: tuple[int, ...] = ()) -> bytes:
    start = 54 + 4 * len(masks)
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, 3 if masks else 0, len(pixels), 0, 0, 0, 0)
    mask_bytes = b"".join(struct.pack("<I", mask) for mask in masks)
    return b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start) + header + mask_bytes + pixels


def bmps(image: Image.Image) -> None:
    for mode in ("RGB", "RGBA", "L", "P", "1"):
        save(image.convert(mode), f"{mode}.bmp")
    add("555.bmp", bmp(rng.bytes(4 * 4 * 3), 7, 3, 16))
    add("565.bmp", bmp(rng.bytes(4 * 4 * 3), 7, 3, 16, (0xF800, 0x7E0, 0x1F)))
    add("32 bits top down.bmp", bmp(rng.bytes(4 * 5 * 3), 5, -3, 32))


def tiffs(image: Image.Image) -> None:
    for mode in ("RGB", "RGBA", "L", "LA", "P", "1", "CMYK"):
        for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
            save(image.convert(mode), f"{mode} {compression}.tiff", compression=compression)
    save(image, "differenced.tiff", compression="tiff_lzw", tiffinfo={317: 2})
    save(image, "strips of 5 rows.tiff", compression="tiff_lzw", tiffinfo={278: 5})
    save(Image.effect_noise((200, 90), 80), "long lzw.tiff", compression="tiff_lzw")
    for orientation in (3, 6):
        save(image, f"orientation {orientation}.tiff", tiffinfo={274: orientation})
    grey16 = rng.integers(0, 2**16, (HEIGHT, WIDTH), np.uint16)
    for predictor in (1, 2):
        out = io.BytesIO()
        Image.fromarray(grey16).save(out, "tiff", compression="tiff_lzw", tiffinfo={317: predictor})
        upper = np.repeat((grey16 >> 8).astype(np.uint8)[:, :, None], 3, 2)
        add(f"16 bits predictor {predictor}.tiff", out.getvalue(), rgb=upper)
    add("tiles of 16x16, planes, big-endian.tiff", tiled_tiff(np.array(image)))


def tiled_tiff(rgb: np.ndarray) -> bytes:
    """Uncompressed, each colour in tiles of its own."""
    height, width, _ = rgb.shape
    padded = np.pad(rgb, ((0, -height % 16), (0, -width % 16), (0, 0)))
    tiles = [
        padded[y : y + 16, x : x + 16, c].tobytes()
        for c in range(3)
        for y in range(0, padded.shape[0], 16)
        for x in range(0, padded.shape[1], 16)
    ]
    counts, body = len(tiles), 8 + 256 * len(tiles)
    fields = [(256, 3, [width]), (257, 3, [height]), (258, 3, [8, 8, 8]), (259, 3, [1]), (262, 3, [2]), (277, 3, [3])]
    fields += [(284, 3, [2]), (322, 3, [16]), (323, 3, [16])]
    fields += [(324, 4, [8 + 256 * i for i in range(counts)]), (325, 4, [256] * counts)]
    directory, overflow = b"", b""
    overflow_at = body + 2 + 12 * len(fields) + 4
    for tag, kind, values in fields:
        data = b"".join(struct.pack(">H" if kind == 3 else ">I", value) for value in values)
        if len(data) > 4:
            overflow, data = overflow + data, struct.pack(">I", overflow_at + len(overflow))
        directory += struct.pack(">HHI", tag, kind, len(values)) + data.ljust(4, b"\0")
    start = b"MM\0*" + struct.pack(">I", body) + b"".join(tiles)
    return start + struct.pack(">H", len(fields)) + directory + b"\0\0\0\0" + overflow


def webps(image: Image.Image) -> None:
    exif = Image.Exif()
    exif[0x112] = 8
    alpha = image.convert("RGBA")
    alpha.putalpha(Image.fromarray((np.mgrid[:HEIGHT, :WIDTH][1] * 11 % 256).astype(np.uint8)))
    save(image, "lossy.webp", exif=exif)
    save(image, "lossless.webp", lossless=True)
    save(alpha, "lossy with alpha.webp")
    save(alpha, "lossless with alpha.webp", lossless=True)


def pnms(image: Image.Image) -> None:
    for mode in ("RGB", "L", "1"):
        save(image.convert(mode), f"{mode}.pnm", format="ppm")
    add("largest 100.pnm", b"P5 # a comment\n5 2\n100\n" + bytes([0, 1, 33, 50, 99, 100, 7, 8, 9, 63]))
    add("largest 4095.pnm", b"P6 2 1 4095\n" + rng.integers(0, 4096, 6).astype(">u2").tobytes())


def main() -> None:
    warnings.simplefilter("ignore")
    image = photo()
    jpegs(image)
    pngs()
    gifs(image)
    bmps(image)
    tiffs(image)
    webps(image)
    pnms(image)
    lines = ",\n".join(json.dumps(case) for case in cases)
    Path(sys.argv[1]).write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
