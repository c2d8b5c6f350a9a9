"""The doctor looks at the machine: disks, zones, certificate; and at the size of the waiting room."""

import datetime
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.build import settings_for
from tests.operation.house import House
from tests.operation.test_doctor import at_twilio, finding, is_told
from voice.books import Page, Shop
from voice.doctor import machine
from voice.doctor.findings import Finding

GB = 10**9


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    made.connects(fallback_url="https://static.example/x.xml")
    yield made
    made.rt.store.close()


def disk(tmp_path: Path, name: str, free: int, total: int = 100 * GB) -> Finding:
    """What is said of one disk with so many bytes free."""
    return finding(machine.checks(settings_for(tmp_path), Page(), lambda _place: (total, free)), name)


@pytest.mark.parametrize("name", ["disk of recordings", "disk of database"])
def test_a_disk_with_room_is_well_and_a_full_one_is_told(tmp_path: Path, name: str) -> None:
    assert disk(tmp_path, name, free=20 * GB).ok
    is_told(disk(tmp_path, name, free=GB // 2), "0.5 of 100.0 GB free", "STORAGE_URL")
    is_told(disk(tmp_path, name, free=4 * GB), "4.0 of 100.0 GB free", "make room")


def test_the_real_disk_is_looked_at_also_before_the_folder_is_made(tmp_path: Path) -> None:
    assert "GB free" in finding(machine.checks(settings_for(tmp_path), Page()), "disk of recordings").said


def test_what_lies_elsewhere_is_not_this_machines_disk(tmp_path: Path) -> None:
    far = settings_for(tmp_path, storage_url="s3://bucket", database_url="postgresql://db/ringdesk")

    assert not [name for name, _ in machine.checks(far, Page()) if name.startswith("disk")]


def test_a_zone_without_data_is_told(tmp_path: Path) -> None:
    shops = {zone: Shop(zone, zone, zone, "main", None) for zone in ("Europe/Berlin", "Mars/Olympus")}
    settings = settings_for(tmp_path)

    assert finding(machine.checks(settings, Page(shops={"b": shops["Europe/Berlin"]})), "time zones").ok
    is_told(
        finding(machine.checks(settings, Page(shops=shops)), "time zones"),
        "no data for Mars/Olympus",
        "tzdata",
    )


def test_a_waiting_room_of_twilios_own_size_is_told(house: House) -> None:
    assert finding(at_twilio(house), "queue of northwind").ok
    (queue,) = house.sim.world.queues.values()
    queue.max_size = 100

    is_told(finding(at_twilio(house), "queue of northwind"), "takes 100 callers", "ringdesk connect NUMBER")
    house.sim.world.queues.clear()
    is_told(finding(at_twilio(house), "queue of northwind"), "is not made yet", "ringdesk connect NUMBER")


def test_a_certificate_that_is_trusted_for_long_is_well(tmp_path: Path) -> None:
    with served(tmp_path, days=90) as (url, trust):
        found = finding(
            machine.checks(settings_for(tmp_path, public_base_url=url), Page(), trust=trust), "certificate"
        )

    assert found.ok, found.said
    assert "89 more days" in found.said or "90 more days" in found.said


def test_a_certificate_that_ends_soon_is_told(tmp_path: Path) -> None:
    with served(tmp_path, days=5) as (url, trust):
        found = finding(
            machine.checks(settings_for(tmp_path, public_base_url=url), Page(), trust=trust), "certificate"
        )

    is_told(found, "days; then every call goes to the fallback", "renew it")


def test_a_certificate_that_nobody_trusts_is_told(tmp_path: Path) -> None:
    with served(tmp_path, days=90) as (url, _trust):
        found = finding(machine.checks(settings_for(tmp_path, public_base_url=url), Page()), "certificate")

    is_told(found, "is not trusted", "fullchain.pem")


def test_a_proxy_that_is_not_there_is_told(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, public_base_url="https://127.0.0.1:1")

    is_told(finding(machine.checks(settings, Page()), "certificate"), "is not reached", "start the proxy")


def test_without_https_there_is_no_certificate_to_look_at(tmp_path: Path) -> None:
    assert not [name for name, _ in machine.checks(settings_for(tmp_path), Page()) if name == "certificate"]


@contextmanager
def served(folder: Path, days: int) -> Iterator[tuple[str, ssl.SSLContext]]:
    """A server with a certificate for localhost that signs itself; its address, and who trusts it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "pem"
    shown = made.public_bytes(serialization.Encoding.PEM)
    pem.write_bytes(
        shown
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    class Hello(BaseRequestHandler):
        def handle(self) -> None:
            with_tls = context.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False)
            try:
                with_tls.do_handshake()
            except OSError:
                return
            finally:
                with_tls.close()

    with ThreadingTCPServer(("127.0.0.1", 0), Hello) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield (
            f"https://localhost:{server.server_address[1]}",
            ssl.create_default_context(cadata=shown.decode()),
        )
        server.shutdown()
