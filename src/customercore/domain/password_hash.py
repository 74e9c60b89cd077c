"""Password hashes of other platforms: told apart by their form, kept as they are until their owner signs in.

Only the form is known here; who verifies a password against a hash registers for its scheme.
"""

from __future__ import annotations

import re

__all__ = ["SCHEMES", "marked_hash"]

SCHEMES = {
    "argon2": r"\$argon2(?:id|i|d)\$[!-~]+",
    "bcrypt": r"\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}",
    "wordpress-bcrypt": r"\$wp\$2y\$\d\d\$[./A-Za-z0-9]{53}",
    "phpass": r"\$[PH]\$[./A-Za-z0-9]{31}",
    "django-pbkdf2": r"pbkdf2_sha(?:1|256)\$\d+\$[!-~]+",
    "magento": r"(?:[0-9a-fA-F]{2}){16,64}:[!-9;-~]*(?::[0-9_]+)*",
    "md5": r"[0-9a-fA-F]{32}",
    "sha256": r"[0-9a-fA-F]{64}",
}
"""What a hash looks like, by the name of its scheme.

``wordpress-bcrypt`` is WordPress since 6.8 (bcrypt of an HMAC), ``phpass`` before; ``magento`` is
``hash:salt:version``, where the versions (0 MD5, 1 SHA-256, 2 and 3 argon2id) may be several, and Magento 1's
``hash:salt``. The last two are without salt, or with one that only the other platform knows.
"""

_FORMS = {scheme: re.compile(form) for scheme, form in SCHEMES.items()}
_LONGEST = 500


def marked_hash(text: str) -> str | None:
    """Return a hash with its scheme in front (``phpass:$P$B…``), None for a text that is no hash we know.

    A scheme may stand in front already; then the hash must have its form. No form begins as a scheme's name does.
    """
    if len(text) > _LONGEST:
        return None
    named, _, rest = text.partition(":")
    if named in _FORMS:
        return text if _FORMS[named].fullmatch(rest) else None
    scheme = next((scheme for scheme, form in _FORMS.items() if form.fullmatch(text)), None)
    return None if scheme is None else f"{scheme}:{text}"
