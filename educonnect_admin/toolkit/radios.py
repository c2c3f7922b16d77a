"""Radio buttons as HTML knows them."""

from typing import Any

from django import forms


class RadioSelect(forms.RadioSelect):
    """Without `aria-invalid`, which is no attribute of a radio button: the message of the group tells what is wrong."""

    def build_attrs(self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None) -> dict[str, Any]:
        attrs = super().build_attrs(base_attrs, extra_attrs)
        return {name: value for name, value in attrs.items() if name != "aria-invalid"}
