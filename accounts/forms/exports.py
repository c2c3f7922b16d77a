"""Which columns of a list are taken away, and as what kind of file."""

from django import forms

from educonnect_admin.toolkit.radios import RadioSelect

NONE_CHOSEN = "Cochez au moins une colonne."
KINDS = (("csv", "CSV, pour tout tableur"), ("xlsx", "XLSX, pour Excel ou LibreOffice"))


class ExportForm(forms.Form):
    """Sent by GET: what it asks for is in the address, and names nobody."""

    colonne = forms.MultipleChoiceField(
        label="Colonnes",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": NONE_CHOSEN,
            "invalid_choice": "Une des colonnes demandées n’existe pas\u00a0: choisissez parmi celles de la page.",
        },
    )
    format = forms.ChoiceField(
        label="Format",
        choices=KINDS,
        initial="csv",
        widget=RadioSelect,
        error_messages={
            "required": "Choisissez un format.",
            "invalid_choice": "Ce format n’existe pas\u00a0: choisissez CSV ou XLSX.",
        },
    )

    def __init__(self, *args: object, columns: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # Django's own arguments, passed on
        self.fields["colonne"].choices = columns  # type: ignore[attr-defined]  # a field of choices
