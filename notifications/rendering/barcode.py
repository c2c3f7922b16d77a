"""Code 128 (ISO/IEC 15417), its set B, as letters of a font of our own (`barcode_font`): set as any text is.

Every hand scanner reads it, those of one line too, and no family's telephone takes it for the address of the site.
"""

START, STOP, MODULUS = 104, 106, 103

TABLE = """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222
123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321
232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121
313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224
111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111
111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113
114311 411113 411311 113141 114131 311141 411131 211412 211214 211232
2331112
"""
WIDTHS = TABLE.split()
"""By value: the widths of bar, blank, bar..., in modules."""


def barcode(code: str) -> str:
    """`code` between start, check and stop, in letters of the font; nothing for what set B does not have.

    >>> barcode("T7Q8")
    'ÌT7Q8AÎ'
    """
    if not code or not (code.isascii() and code.isprintable()):
        return ""
    values = [ord(sign) - 32 for sign in code]
    check = sum((place * value for place, value in enumerate(values, start=1)), START) % MODULUS
    return "".join(map(letter, (START, *values, check, STOP)))


def letter(value: int) -> str:
    """A symbol's letter, as fonts of Code 128 have it: the sign itself, and from Â on, so that none is a blank."""
    return chr(value + 32) if 0 < value < 95 else chr(value + 100 if value else 194)
