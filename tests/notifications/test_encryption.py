from __future__ import annotations

import ssl
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from duban.notifications.channels import Channel, Letter, build
from support.sink import HttpSink, SmtpSink, code

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Identity:
    """A server's certificate, which is its own authority."""

    ca_file: str
    context: ssl.SSLContext


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sink")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2099, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    pem = folder / "ca.pem"
    pem.write_bytes(certificate.public_bytes(Encoding.PEM))
    private = folder / "key.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    return Identity(str(pem), context)


def test_an_office_may_trust_its_own_authority_and_a_stranger_is_refused(
    identity: Identity, letter: Letter, tmp_path: Path
) -> None:
    with HttpSink(always=code(0), tls=identity.context) as sink:
        settings = {"key": "k", "base_url": sink.url.replace("http:", "https:"), "timeout": 2}
        trusted = build(Channel("工作群", "wecom", {**settings, "ca_file": identity.ca_file}), tmp_path)
        stranger = build(Channel("工作群", "wecom", settings), tmp_path)
        careless = build(Channel("工作群", "wecom", {**settings, "verify": False}), tmp_path)

        answers = [sender.send(letter) for sender in (trusted, stranger, careless)]

    assert [answer.ok for answer in answers] == [True, False, True]
    assert not answers[1].permanent
    assert answers[1].text.startswith("对方证书未通过验证")


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_mail_is_encrypted_before_the_password_is_given(
    identity: Identity, letter: Letter, tmp_path: Path, security: str
) -> None:
    says = {"EHLO": "250-sink\r\n250-STARTTLS\r\n250 AUTH PLAIN", "STAR": "220 go on"}
    tls = {"tls" if security == "ssl" else "starttls": identity.context}
    with SmtpSink(says, **tls) as sink:
        settings = {
            "host": "127.0.0.1",
            "port": sink.port,
            "security": security,
            "from": "a@b.cn",
            "timeout": 2,
        }
        settings |= {"user": "a", "password": "p"}
        trusted = build(Channel("邮件", "email", {**settings, "ca_file": identity.ca_file}), tmp_path)
        stranger = build(Channel("邮件", "email", settings), tmp_path)

        answers = [sender.send(replace(letter, to="c@d.cn")) for sender in (trusted, stranger)]

    assert [answer.ok for answer in answers] == [True, False]
    assert answers[1].text.startswith("对方证书未通过验证")
    assert [command[:4] for command in sink.commands].count("AUTH") == 1
    assert [mailed.to for mailed in sink.mailed] == ["c@d.cn"]
