from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from duban.documents.photos import CleanImage, clean_image, is_image
from duban.obligations.errors import DubanError

RED, BLUE = (220, 30, 30), (30, 30, 220)
_ORIENTATION, _GPS, _MAKER = 0x0112, 0x8825, 0x010F


def picture(mode: str = "RGB", size: tuple[int, int] = (60, 40), color: Any = RED) -> Image.Image:
    return Image.new(mode, size, color)


def noise(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    """A picture as hard to pack as a photo."""
    grey = Image.effect_noise(size, 80)
    return Image.merge(mode, [grey, *[grey.rotate(90 * turn) for turn in range(1, len(mode))]])


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(clean: CleanImage) -> Image.Image:
    image = Image.open(io.BytesIO(clean.data))
    image.load()
    assert image.size == (clean.width, clean.height)
    assert Image.MIME[str(image.format)] == clean.media_type
    return image


def refused(data: bytes) -> str:
    with pytest.raises(DubanError) as caught:
        _ = clean_image(data)
    return str(caught.value)


def png_header(width: int, height: int) -> bytes:
    """The beginning of a PNG that claims a size."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"")
    chunks = [
        struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in (header, body)
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def test_a_large_photo_is_shrunk_to_1600_pixels_on_its_long_side() -> None:
    clean = clean_image(saved(noise((4000, 3000)), "JPEG"))
    assert (clean.media_type, clean.extension, clean.width, clean.height) == ("image/jpeg", "jpg", 1600, 1200)
    assert opened(clean).size == (1600, 1200)


def test_a_small_photo_keeps_its_size() -> None:
    assert opened(clean_image(saved(picture(), "JPEG"))).size == (60, 40)


def test_nothing_but_the_picture_is_kept() -> None:
    exif = Image.Exif()
    exif[_MAKER] = "SECRETPHONE"
    exif.get_ifd(_GPS)[29] = "2026:03:09-SECRETDAY"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    xmp = b"<x:xmpmeta>SECRETXMP</x:xmpmeta>"
    data = saved(picture(), "JPEG", exif=exif, icc_profile=profile, xmp=xmp, comment=b"SECRETWORD")
    assert [word in data for word in (b"SECRETPHONE", b"SECRETDAY", b"SECRETXMP", b"SECRETWORD")] == [
        True
    ] * 4
    clean = clean_image(data)
    assert b"SECRET" not in clean.data
    assert set(opened(clean).info) == {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
    }


def test_nothing_but_the_picture_is_kept_of_a_png() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "SECRETNAME")
    notes.add_itxt("XML:com.adobe.xmp", "SECRETXMP")
    exif = Image.Exif()
    exif[_MAKER] = "SECRETPHONE"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = saved(picture(), "PNG", pnginfo=notes, exif=exif, icc_profile=profile)
    assert data.count(b"SECRET") == 3
    clean = clean_image(data)
    assert b"SECRET" not in clean.data
    assert opened(clean).info == {}


@pytest.mark.parametrize(
    ("orientation", "corner"), [(1, (5, 5)), (3, (115, 75)), (6, (75, 5)), (8, (5, 115))]
)
def test_a_photo_is_turned_as_the_camera_was_held(orientation: int, corner: tuple[int, int]) -> None:
    image = picture(size=(120, 80))
    image.paste(BLUE, (0, 0, 30, 30))
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    turned = opened(clean_image(saved(image, "JPEG", exif=exif, quality=95)))
    pixel = turned.getpixel(corner)
    assert isinstance(pixel, tuple)
    assert pixel[2] > 180 > pixel[0]
    assert turned.size == ((120, 80) if orientation in {1, 3} else (80, 120))


# Pillow says so to the log and goes on.
@pytest.mark.filterwarnings("ignore:Corrupt EXIF data:UserWarning")
def test_a_photo_whose_notes_are_broken_is_still_a_photo() -> None:
    broken = b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01\x03\0"
    assert opened(clean_image(saved(picture(), "JPEG", exif=broken))).size == (60, 40)


def test_a_drawing_with_holes_stays_a_png() -> None:
    clean = clean_image(saved(picture("RGBA", color=(220, 30, 30, 0)), "PNG"))
    image = opened(clean)
    assert (clean.media_type, clean.extension, image.mode) == ("image/png", "png", "RGBA")
    assert image.getpixel((5, 5)) == (220, 30, 30, 0)


def test_a_photo_saved_as_png_becomes_a_jpeg() -> None:
    clean = clean_image(saved(noise((1600, 1200)), "PNG"))
    assert (clean.media_type, opened(clean).mode) == ("image/jpeg", "RGB")


def test_a_large_png_with_holes_is_laid_on_white() -> None:
    image = noise((1600, 1200), "RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 100, 100))
    pixel = opened(clean_image(saved(image, "PNG"))).getpixel((10, 10))
    assert isinstance(pixel, tuple)
    assert min(pixel) > 245


@pytest.mark.parametrize("kind", ["WEBP", "JPEG"])
def test_webp_and_jpeg_become_jpeg(kind: str) -> None:
    assert opened(clean_image(saved(picture(), kind))).format == "JPEG"


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("L", "JPEG"),
        ("CMYK", "JPEG"),
        ("P", "PNG"),
        ("1", "PNG"),
        ("LA", "PNG"),
        ("I;16", "PNG"),
        ("RGBA", "WEBP"),
    ],
)
def test_colours_of_every_kind_are_taken(mode: str, kind: str) -> None:
    clean = clean_image(saved(Image.new(mode, (2000, 1000)), kind))
    assert opened(clean).size == (1600, 800)


def test_a_photo_with_a_second_picture_behind_it_is_one_photo() -> None:
    data = saved(picture(), "MPO", save_all=True, append_images=[picture(color=BLUE)])
    pixel = opened(clean_image(data)).getpixel((5, 5))
    assert isinstance(pixel, tuple)
    assert pixel[0] > 180 > pixel[2]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_is_refused(kind: str) -> None:
    data = saved(picture(), kind, save_all=True, append_images=[picture(color=BLUE)])
    assert refused(data) == "动态图片不能作为照片上传；请截取一张静态图再传。"


@pytest.mark.parametrize(
    "data", [b"", b"<!DOCTYPE html><html><script></script></html>", b"%PDF-1.4", b"PK\x03\x04" * 9]
)
def test_what_is_no_image_is_refused_whatever_it_is_called(data: bytes) -> None:
    assert not is_image(data)
    assert refused(data) == "这个文件不是照片，只收 JPEG、PNG、WebP 格式的照片；请换一张，或截图后再传。"


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF"])
def test_images_of_other_kinds_are_refused(kind: str) -> None:
    data = saved(picture(), kind)
    assert is_image(data)
    assert refused(data).startswith("这张图片的格式暂不支持，只收 JPEG、PNG、WebP")


def test_a_heic_photo_is_refused_with_the_way_out() -> None:
    data = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100)
    assert is_image(data)
    assert refused(data) == (
        "暂不能识别 HEIC 照片，只收 JPEG、PNG、WebP 格式的照片；"
        "请在手机相机设置中选“兼容性最佳”，或截图后再传。"
    )


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_a_photo_that_did_not_arrive_whole_is_refused(kind: str, share: float) -> None:
    data = saved(noise((400, 300)), kind)
    assert refused(data[: int(len(data) * share)]) == (
        "这张照片已损坏或没有传完整，打不开；请重新选择照片再传。"
    )


def test_a_page_dressed_as_a_photo_is_refused() -> None:
    assert refused(b"\xff\xd8\xff\xe0<html><script>alert(1)</script></html>").startswith("这张照片已损坏")


@pytest.mark.parametrize("size", [(5000, 4001), (9000, 9000)])
def test_a_picture_that_unpacks_to_too_much_is_refused(size: tuple[int, int]) -> None:
    assert (
        refused(png_header(*size)) == "照片的像素过大（超过 2000 万像素），为安全起见不予处理；请缩小后再传。"
    )


def test_a_picture_beyond_all_measure_is_refused_before_it_is_looked_at() -> None:
    assert "像素过大（超过 6000 万像素）" in refused(png_header(60_000, 60_000))


@pytest.mark.parametrize(
    ("kind", "size", "options", "most"),
    [
        ("JPEG", (5000, 4001), {"progressive": True}, "2000"),
        ("WEBP", (4000, 3001), {}, "1200"),
        ("JPEG", (8000, 7501), {}, "6000"),
    ],
    ids=["progressive", "webp", "plain"],
)
def test_what_must_be_decoded_whole_may_be_less_large(
    kind: str, size: tuple[int, int], options: dict[str, Any], most: str
) -> None:
    data = saved(picture("L" if kind == "JPEG" else "RGB", size, 0), kind, **options)
    assert f"像素过大（超过 {most} 万像素）" in refused(data)


def test_a_plain_jpeg_of_a_large_camera_is_taken() -> None:
    assert opened(clean_image(saved(picture("L", (8000, 6000), 0), "JPEG"))).size == (1600, 1200)


def test_what_hides_behind_a_picture_is_gone() -> None:
    data = saved(picture(), "JPEG") + b"<script>alert(1)</script>PK\x03\x04"
    assert b"script" not in clean_image(data).data
