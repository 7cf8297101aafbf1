"""The site's certificate authority: it signs the broker and boards, and calls certificates back.

Pure but for random keys: PEM texts go in and out, and the time is an argument. Files are the
business of whoever calls it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CA_DAYS = 20 * 365
"""As long as a building's sensors may hang; the list of what is called back holds as long."""
EARLIER = timedelta(days=1)
"""So much earlier do certificates begin: clocks of boards run behind."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with its key, as PEM."""

    certificate: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Authority:
    """One that signs for a site."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def make(cls, now_ms: int) -> Self:
        """A new one, which no certificate knows yet."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(f"vrijplek site authority {x509.random_serial_number() % 0x10000:04x}")
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        built = (
            _begun(name, name, key.public_key(), now_ms, CA_DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(identifier, critical=False)
        )
        return cls(built.sign(key, hashes.SHA256()), key)

    @classmethod
    def of(cls, kept: Issued) -> Self:
        """One that was kept as PEM.

        Raises:
            ValueError: If this is no certificate with its key.
        """
        certificate = x509.load_pem_x509_certificate(kept.certificate.encode())
        key = serialization.load_pem_private_key(kept.key.encode(), None)
        if not (
            isinstance(key, ec.EllipticCurvePrivateKey)
            and key.public_key() == certificate.public_key()
        ):
            raise ValueError("found a key that is not the one of the certificate")
        return cls(certificate, key)

    def kept(self) -> Issued:
        """What has to be kept of it."""
        return Issued(_pem(self.certificate), _pem_of_key(self.key))

    def for_server(self, host: str, now_ms: int, days: int) -> Issued:
        """A certificate for a broker, by its host name or address."""
        alternative = x509.SubjectAlternativeName([_general(host)])
        return self._issue(host, now_ms, days, ExtendedKeyUsageOID.SERVER_AUTH, alternative)

    def for_board(self, board: str, now_ms: int, days: int) -> Issued:
        """A certificate for a board, whose id is the common name; good for no server."""
        return self._issue(board, now_ms, days, ExtendedKeyUsageOID.CLIENT_AUTH, None)

    def called_back(self, serials: Sequence[int], now_ms: int) -> str:
        """The list of what counts no more, as PEM; it holds as long as the authority.

        A list that runs out makes brokers refuse everyone, so it never does before.
        """
        now = _at(now_ms)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now - EARLIER)
            .next_update(max(self.certificate.not_valid_after_utc, now + EARLIER))
        )
        for serial in serials:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now)
            builder = builder.add_revoked_certificate(entry.build())
        signed = builder.sign(self.key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM).decode()

    def _issue(
        self,
        name: str,
        now_ms: int,
        days: int,
        purpose: x509.ObjectIdentifier,
        alternative: x509.SubjectAlternativeName | None,
    ) -> Issued:
        key = ec.generate_private_key(ec.SECP256R1())
        signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        subject = _name(name[:64])  # the standard's limit; what counts for a host is the other name
        builder = (
            _begun(subject, self.certificate.subject, key.public_key(), now_ms, days)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(signer, critical=False)
        )
        if alternative is not None:
            builder = builder.add_extension(alternative, critical=False)
        return Issued(_pem(builder.sign(self.key, hashes.SHA256())), _pem_of_key(key))


def serial_of(certificate: str) -> int:
    """The serial number in a PEM, by which it is called back."""
    return x509.load_pem_x509_certificate(certificate.encode()).serial_number


def serials_in(revoked: str) -> tuple[int, ...]:
    """All serial numbers that a list calls back."""
    return tuple(entry.serial_number for entry in x509.load_pem_x509_crl(revoked.encode()))


def ends_at(certificate: str) -> datetime:
    """When the certificate in a PEM runs out, UTC."""
    return x509.load_pem_x509_certificate(certificate.encode()).not_valid_after_utc


def host_of(certificate: str) -> str:
    """The host that a server's certificate was made for; empty where it names none."""
    found = x509.load_pem_x509_certificate(certificate.encode())
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ""
    return next((str(name.value) for name in names), "")


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    now_ms: int,
    days: int,
) -> x509.CertificateBuilder:
    now = _at(now_ms)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - EARLIER)
        .not_valid_after(now + timedelta(days=days))
    )


def _at(now_ms: int) -> datetime:
    return datetime.fromtimestamp(now_ms // 1000, UTC)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _general(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _pem_of_key(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
