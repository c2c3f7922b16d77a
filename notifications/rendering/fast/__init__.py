"""Many pages of a few layouts: each laid out once by WeasyPrint, the pages' own texts set into them."""

from notifications.rendering.fast.filling import filled

__all__ = ["filled"]
