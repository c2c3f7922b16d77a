"""What a head sets for the school."""

from collections.abc import Sequence
from ipaddress import IPv4Network, ip_network
from typing import Any
from uuid import UUID

from django import forms

from accounts.models import Classroom
from educonnect_admin.toolkit.network import Network

MOST_NETWORKS = 20
LONGEST_TEXT = 2000
WIDEST = {4: 16, 6: 32}
"""Shortest prefix: a wider block takes in other people than a school's."""
NOBODYS_OWN = [
    ip_network(block)
    for block in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.168.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/8", "64:ff9b::/96", "fc00::/7", "fe80::/10", "ff00::/8"),
    )
]
"""Inside addresses, the same in every school, and those that no one has: such a block says nothing of who comes in.

Behind a proxy that was badly declared, everybody would come from one of them.
"""


def network_of(line: str) -> Network:
    """The block that a line names; ValueError says in words why it cannot be taken."""
    try:
        block = ip_network(line, strict=False)
    except ValueError:
        raise ValueError("ce n’est pas un réseau. Écrivez-le comme 198.51.100.0/24 ou 2001:db8:12::/48.") from None
    mapped = getattr(block.network_address, "ipv4_mapped", None)
    if mapped is not None and block.prefixlen >= 96:
        block = IPv4Network((mapped, block.prefixlen - 96))
    if block.prefixlen < WIDEST[block.version]:
        wanted = f"/{WIDEST[block.version]} ou plus étroit en IPv{block.version}"
        raise ValueError(f"ce réseau est trop étendu\u00a0: {wanted}.")
    if any(block.version == other.version and block.overlaps(other) for other in NOBODYS_OWN):
        raise ValueError(
            "cette adresse n’est qu’intérieure, la même dans tous les établissements."
            " Donnez l’adresse publique, celle que le service voit."
        )
    return block


class AccessForm(forms.Form):
    """OTP of teachers, and the school's own admin network, a block a line."""

    wants_otp = forms.BooleanField(label="Demander une clé OTP aux enseignants et au module simplifié", required=False)
    networks = forms.CharField(
        label="Réseau administratif de l’établissement",
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocomplete": "off"}),
        help_text="Une adresse ou un réseau par ligne, en IPv4 ou en IPv6. Vide\u00a0: aucun réseau propre.",
        error_messages={
            "max_length": f"Le texte est trop long\u00a0: {LONGEST_TEXT} caractères au plus.",
            "null_characters_not_allowed": "Le texte contient un caractère interdit.",
        },
    )

    def clean_networks(self) -> list[str]:
        """The blocks in their one way of writing, each once. Every wrong line is named."""
        found, errors = [], []
        lines = [(number, line.strip()) for number, line in enumerate(self.cleaned_data["networks"].split("\n"), 1)]
        for number, line in lines:
            if line:
                try:
                    found.append(str(network_of(line)))
                except ValueError as error:
                    errors.append(f"Ligne {number}\u00a0: {error}")
        if len(found) > MOST_NETWORKS:
            errors.append(f"{MOST_NETWORKS} réseaux au plus.")
        if errors:
            raise forms.ValidationError(errors)
        return list(dict.fromkeys(found))


class PasswordsForm(forms.Form):
    """The classes of young pupils."""

    readable = forms.MultipleChoiceField(
        label="Classes aux mots de passe lisibles",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Une des classes n’est pas une classe de cet établissement."},
    )

    def __init__(self, *args: Any, rooms: Sequence[Classroom], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["readable"]
        field.choices = [(str(room.pk), room.code) for room in rooms]  # type: ignore[attr-defined]  # a ChoiceField's
        field.initial = [str(room.pk) for room in rooms if room.has_readable_passwords]

    @property
    def chosen(self) -> set[UUID]:
        return {UUID(pk) for pk in self.cleaned_data["readable"]}
