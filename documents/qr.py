"""QR codes of links: drawn in a page, or as an image for the notice board."""

# segno's stubs leave the options of its writers open.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import io

import segno

from ..obligations.errors import DubanError

_QUIET = 4  # modules of white around the code, as the standard asks
_PRINT_SCALE = 12
_PRINT_DPI = 300


def qr_svg(text: str, label: str = "二维码") -> str:
    """Give a code as an inline SVG that scales with its box; ``label`` is what a screen reader says.

    Raises DubanError when the text is empty, or too long for a code.
    """
    drawn = _made(text).svg_inline(
        border=_QUIET, omitsize=True, light="#fff", title=label, svgclass="qr", lineclass=None
    )
    return drawn.replace("<svg ", '<svg role="img" ', 1)


def qr_png(text: str) -> bytes:
    """Give a code as a black and white PNG for printing. Raises DubanError as :func:`qr_svg` does."""
    out = io.BytesIO()
    _made(text).save(out, kind="png", scale=_PRINT_SCALE, border=_QUIET, dpi=_PRINT_DPI)
    return out.getvalue()


def _made(text: str) -> segno.QRCode:
    """Level M: a code on a notice board gets dirty."""
    if not text:
        raise DubanError("没有链接，生成不了二维码。")
    try:
        return segno.make_qr(text, error="m", boost_error=False)
    except segno.DataOverflowError:
        raise DubanError("链接过长，生成不了二维码；请换一个较短的链接。") from None
