"""Photos made safe and small: told by their content, turned upright, re-encoded without what they carried."""

# filetype has no types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from typing import Any

import filetype
from PIL import Image, ImageOps

from ..obligations.errors import DubanError

LONGEST_SIDE = 1600
MOST_PIXELS = 60_000_000  # of a plain JPEG, which is decoded small
# What has to be decoded whole takes ten bytes and more for each pixel: 200 MB at these sizes.
_MOST_WHOLE = 20_000_000
_MOST_WEBP = 12_000_000
_QUALITY = 80
# A drawing or a screenshot below this stays sharp as PNG; a photo saved as PNG is far above.
_SMALL_PNG = 500_000
_PILLOW = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/apng": "PNG",
    "image/webp": "WEBP",
    "image/heic": "HEIF",
}
_NOT_TAKEN = "只收 JPEG、PNG、WebP 格式的照片"
_BLENDED = ("RGB", "RGBA", "L", "CMYK")
# A hostile file makes decoders fail in many ways.
_BROKEN = (OSError, SyntaxError, ValueError, ArithmeticError, LookupError, EOFError, TypeError,
           struct.error, zlib.error, MemoryError)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CleanImage:
    """An image that may be kept: its bytes, ``image/jpeg`` or ``image/png``, and its size in pixels."""

    data: bytes
    media_type: str
    width: int
    height: int

    @property
    def extension(self) -> str:
        """The ending of a file name for it, without a dot."""
        return "png" if self.media_type == "image/png" else "jpg"


def is_image(data: bytes) -> bool:
    """Tell by the content whether these are the bytes of an image of any kind, to be cleaned or refused."""
    return _media_type(data).startswith("image/")


def clean_image(data: bytes) -> CleanImage:
    """Give an image re-encoded: upright, at most 1600 pixels long, less EXIF, place, profile and comment.

    Raises DubanError when it is by its content no JPEG, PNG or WebP image, is damaged, animated or too large.
    """
    kind = _media_type(data)
    if kind not in _PILLOW:
        found = "这张图片的格式暂不支持" if kind.startswith("image/") else "这个文件不是照片"
        raise DubanError(f"{found}，{_NOT_TAKEN}；请换一张，或截图后再传。")
    _ = Image.init()
    if _PILLOW[kind] not in Image.OPEN:
        raise DubanError(
            f"暂不能识别 HEIC 照片，{_NOT_TAKEN}；请在手机相机设置中选“兼容性最佳”，或截图后再传。"
        )
    try:
        return _encoded(_upright(data, kind), png=kind == "image/png")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except _BROKEN:
        raise DubanError("这张照片已损坏或没有传完整，打不开；请重新选择照片再传。") from None


def _media_type(data: bytes) -> str:
    found = filetype.guess(data)
    return found.mime if found is not None else ""


def _too_large(most: int = MOST_PIXELS) -> DubanError:
    return DubanError(f"照片的像素过大（超过 {most // 10_000} 万像素），为安全起见不予处理；请缩小后再传。")


def _most(image: Image.Image, kind: str) -> int:
    """Give how many pixels an image may have that has been opened and not decoded yet."""
    if kind == "image/webp":
        return _MOST_WEBP
    plain = kind == "image/jpeg" and "progressive" not in image.info
    return MOST_PIXELS if plain else _MOST_WHOLE


def _upright(data: bytes, kind: str) -> Image.Image:
    """Give the picture alone, small and the right way up."""
    with Image.open(io.BytesIO(data), formats=[_PILLOW[kind]]) as image:
        if image.width * image.height > (most := _most(image, kind)):
            raise _too_large(most)
        # Phones put a second picture behind a JPEG; that is no animation.
        if kind != "image/jpeg" and getattr(image, "n_frames", 1) > 1:
            raise DubanError("动态图片不能作为照片上传；请截取一张静态图再传。")
        # Colours by number cannot be blended; a JPEG stays as it is, so that it is decoded small at once.
        small = image if image.mode in _BLENDED else image.convert(_mode(image))
        small.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        return _bare(_turned(small))


def _turned(image: Image.Image) -> Image.Image:
    """Turn a picture as its camera noted; a note that cannot be read is no reason to refuse it."""
    try:
        return ImageOps.exif_transpose(image)
    except _BROKEN:
        return image


def _mode(image: Image.Image) -> str:
    return "RGBA" if image.has_transparency_data else "RGB"


def _bare(image: Image.Image) -> Image.Image:
    """Give the pixels in a new image: encoders copy comments and profiles from where an image came."""
    bare = Image.new(_mode(image), image.size)
    bare.paste(image.convert(bare.mode))
    return bare


def _encoded(image: Image.Image, *, png: bool) -> CleanImage:
    if png:
        drawn = _saved(image, format="PNG", optimize=True)
        if len(drawn) <= _SMALL_PNG:
            return CleanImage(drawn, "image/png", image.width, image.height)
    flat = _flat(image)
    data = _saved(flat, format="JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return CleanImage(data, "image/jpeg", flat.width, flat.height)


def _saved(image: Image.Image, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, **options)
    return out.getvalue()


def _flat(image: Image.Image) -> Image.Image:
    """Lay a picture that is transparent in parts on white paper."""
    if image.mode == "RGB":
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper
