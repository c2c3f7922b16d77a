"""manage.py oidc_client add | list | secret | disable"""

from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.actions.journal import SYSTEM
from accounts.actions.oidc import SCOPES, disable_client, register_client, renew_client_secret
from accounts.models import OidcClient

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Command(BaseCommand):
    help = "The services (ENT, vie scolaire) that accounts sign in to: register, list, renew the secret, disable."

    def add_arguments(self, parser: CommandParser) -> None:
        tasks = parser.add_subparsers(dest="task", required=True)
        add = tasks.add_parser("add", help="register a service; its secret is told once")
        add.add_argument("name", help="as its users know it")
        add.add_argument("--redirect", action="append", required=True, metavar="URI", help="https only, exact; several")
        add.add_argument("--scope", action="append", default=[], choices=list(SCOPES), help="besides openid; several")
        tasks.add_parser("list", help="list the services")
        for task, text in (("secret", "give a new secret"), ("disable", "close the service, and all it was given")):
            tasks.add_parser(task, help=text).add_argument("client_id")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["task"] == "list":
            for client in OidcClient.objects.order_by("name"):
                state = "disabled" if client.disabled_at else " ".join(client.scopes)
                self.stdout.write(f"{client.client_id}  {client.name}  {state}  {' '.join(client.redirect_uris)}")
        elif options["task"] == "add":
            self._add(options["name"], options["redirect"], options["scope"])
        else:
            self._change(options["task"], OidcClient.objects.filter(client_id=options["client_id"]).first())

    def _change(self, task: str, client: OidcClient | None) -> None:
        if client is None:
            raise CommandError("No service has this identifier.")
        if task == "secret":
            self.stdout.write(f"client_secret {renew_client_secret(actor=SYSTEM, client=client)}")
        else:
            disable_client(actor=SYSTEM, client=client)
            self.stdout.write(f"{client.name} is closed.")

    def _add(self, name: str, redirect_uris: list[str], scopes: list[str]) -> None:
        for uri in redirect_uris:
            parts = urlsplit(uri)
            is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
            if not is_safe or not parts.hostname or parts.fragment or "*" in uri:
                raise CommandError(f"{uri}: an exact https address without fragment is wanted.")
        client, secret = register_client(actor=SYSTEM, name=name, redirect_uris=redirect_uris, scopes=scopes)
        self.stdout.write(f"client_id     {client.client_id}\nclient_secret {secret}")
