"""Guards: operators help from the server's machine, people change and reset passwords from theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cli.conftest import Xds
from tests.service import PASSWORD, Person, Service, sign_in

NEW = "seven lanterns by the pier"


def admin(person: Person, service: Service, *arguments: str) -> Any:
    return person.told("admin", *arguments, "--data", service.data)


def test_an_account_is_made_from_a_terminal(person: Person, service: Service) -> None:
    typed = f"noor@example.org\nNoor\n{PASSWORD}\n"
    made = person.xds("account", "create", "--server", service.url, text=typed)
    assert made.returncode == 0, made.stderr
    assert "noor@example.org" in made.stdout and PASSWORD not in made.stdout + made.stderr
    service.sign_in("noor@example.org", PASSWORD).close()
    again = person.xds("account", "create", "--server", service.url, text=typed)
    assert again.returncode == 1 and "already" in again.stderr


def test_a_password_is_reset_with_what_the_operator_hands_over(person: Person, service: Service) -> None:
    email = service.register("ada")
    done = person.xds("admin", "reset-password", email, "--data", service.data)
    assert done.returncode == 0, done.stderr
    token = done.stdout.strip()
    assert token.count(".") == 2 and token not in done.stderr and "xds account reset-password" in done.stderr
    assert f"--server {service.url}" in done.stderr  # its port was an option of the running service
    typed = f"{token}\n{NEW}\n"
    reset = person.xds("account", "reset-password", "--server", service.url, text=typed)
    assert reset.returncode == 0, reset.stderr
    again = person.xds("account", "reset-password", "--server", service.url, text=typed)
    assert again.returncode == 1 and "used" in again.stderr
    service.sign_in(email, NEW).close()


def test_a_sign_in_that_has_ended_does_not_stand_in_the_way_of_a_reset(person: Person, service: Service) -> None:
    email = service.register("ada")
    sign_in(person, service, email, PASSWORD)
    for password in (NEW, PASSWORD):  # the second time the kept sign-in is dead
        token = admin(person, service, "reset-password", email)["token"]
        reset = person.xds("account", "reset-password", text=f"{token}\n{password}\n")
        assert reset.returncode == 0, reset.stderr


def test_changing_a_password_keeps_one_signed_in_and_names_the_keys_that_stay(person: Person, service: Service) -> None:
    email = service.register("ada")
    sign_in(person, service, email, PASSWORD)
    key = person.told("keys", "create", "CI of acme")
    wrong = person.xds("account", "change-password", text=f"wrong\n{NEW}\n")
    assert wrong.returncode == 1 and "not your password" in wrong.stderr
    done = person.xds("account", "change-password", text=f"{PASSWORD}\n{NEW}\n")
    assert done.returncode == 0, done.stderr
    assert "CI of acme" in done.stderr and key["id"] in done.stderr
    assert person.told("whoami")["email"] == email
    service.sign_in(email, NEW).close()


def test_keys_end_with_the_reset_where_the_operator_says_so(person: Person, service: Service) -> None:
    email = service.register("ada")
    sign_in(person, service, email, PASSWORD)
    key = person.told("keys", "create", "CI")["key"]
    environment = {"XDS_TOKEN": key, "XDS_SERVER": service.url}
    assert person.xds("whoami", env=environment).returncode == 0
    assert admin(person, service, "reset-password", email, "--revoke-keys")["keys_revoked"] == 1
    assert person.xds("whoami", env=environment).returncode == 1


def test_an_administrator_is_made_and_removed_but_never_the_last(person: Person, service: Service) -> None:
    email = service.register("ada")
    sign_in(person, service, email, PASSWORD)
    assert admin(person, service, "make-admin", email)["changed"]
    assert person.told("whoami")["is_admin"]
    assert admin(person, service, "make-admin", email, "--remove")["changed"]
    assert not person.told("whoami")["is_admin"]
    last = person.xds("admin", "make-admin", service.admin_email, "--remove", "--data", service.data)
    assert last.returncode == 1 and "last administrator" in last.stderr


def test_addresses_are_confirmed_and_unknown_ones_refused(person: Person, service: Service) -> None:
    email = service.register("ada")
    assert admin(person, service, "verify-email", email) == {"email": email, "verified": True, "changed": True}
    nobody = person.xds("admin", "verify-email", "nobody@example.org", "--data", service.data)
    assert nobody.returncode == 1 and nobody.stderr.count("\n") == 1


def test_rotation_counts_what_it_sealed(person: Person, service: Service) -> None:
    told = admin(person, service, "rotate-secrets")
    assert (told["resealed"], told["unreadable"]) == (0, [])


def test_without_mail_the_service_says_who_can_help(person: Person, service: Service) -> None:
    email = service.register("ada")
    asked = person.xds("account", "reset-password", "--request", email, "--server", service.url)
    assert asked.returncode == 0 and "operator" in asked.stdout
    sign_in(person, service, email, PASSWORD)
    asked = person.xds("account", "verify-email", "--request")
    assert asked.returncode == 1 and "operator" in asked.stderr
    nonsense = person.xds("account", "verify-email", text="nonsense\n")
    assert nonsense.returncode == 1 and "token" in nonsense.stderr


def test_what_is_missing_on_stdin_is_named(xds: Xds) -> None:
    done = xds("account", "reset-password", "--server", "http://127.0.0.1:1", text="")
    assert done.exit_code == 2 and "token is missing" in done.output


def test_a_folder_without_a_service_is_refused_and_stays_empty(xds: Xds, tmp_path: Path) -> None:
    done = xds("admin", "reset-password", "ada@example.org", "--data", tmp_path / "data", "--json")
    assert done.exit_code == 1 and "no service keeps its data" in done.output
    assert not (tmp_path / "data").exists()
