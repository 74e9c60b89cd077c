"""Make an example of Shopify's customer export: 500 rows, the same each time, as untidy as real ones.

Run ``python examples/shopify_customers.py FILE``. In the file are a byte-order mark, apostrophes in
front of numbers and phones, rows without an e-mail address, the same customer twice in capitals, rows
that an unquoted comma has shifted, and telephone numbers that cannot be.
"""

from __future__ import annotations

import csv
import io
import random
import sys
from pathlib import Path

ROWS = 500
NO_EMAIL = (41, 137, 222, 388)
TWICE = (60, 190, 310, 450)
SHIFTED = (101, 275)
DOUBTFUL = (77, 246, 401)
MANY_ORDERS = 24

HEADER = (
    "Customer ID", "First Name", "Last Name", "Email", "Accepts Email Marketing", "Default Address Company",
    "Default Address Address1", "Default Address Address2", "Default Address City", "Default Address Province Code",
    "Default Address Country Code", "Default Address Zip", "Default Address Phone", "Phone", "Accepts SMS Marketing",
    "Total Spent", "Total Orders", "Note", "Tax Exempt", "Tags",
)  # fmt: skip

FIRST = (
    "Ada", "Alva", "Anaïs", "Birgit", "Björn", "Chloé", "Daniel", "Elif", "Emil", "Fatima", "Grace", "Håkan", "Ines",
    "Jürgen", "Karin", "Lars", "Léa", "Maja", "Mehmet", "Noor", "Olof", "Priya", "Saga", "Søren", "Tove", "Zoë",
)  # fmt: skip
LAST = (
    "Andersson", "Bergström", "Chen", "Dubois", "Eriksen", "Fischer", "Garcia", "Hopper", "Ibrahim", "Jansen",
    "Karlsson", "Lovelace", "Müller", "Nilsson", "O'Brien", "Petit", "Quist", "Rossi", "Şahin", "'t Hooft", "Öberg",
)  # fmt: skip
PLACES = (
    ("SE", "Stockholm", "", "111 20", "Drottninggatan {}", "+46 8 555 {:03d} {:02d}"),
    ("SE", "Göteborg", "", "411 06", "Kungsgatan {}", "+46 31 555 {:03d}{:02d}"),
    ("NO", "Oslo", "", "0155", "Karl Johans gate {}", "+47 22 55 5{:01d} {:02d}"),
    ("DE", "München", "", "80331", "Sendlinger Straße {}", "+49 89 5550{:03d}{:02d}"),
    ("FR", "Lyon", "", "69002", "{} rue de la République", "+33 4 55 55 {:02d} {:02d}"),
    ("US", "Portland", "OR", "97205", "{} SW Park Avenue", "+1 503-555-0{:01d}{:02d}"),
    ("CA", "Montréal", "QC", "H2G 1A7", "{} rue Bélanger", "+1 514-555-0{:01d}{:02d}"),
)
COMPANIES = ("Lindgren & Co", "Nordic Tea AB", "Café Mistral", "Brüder Maier GmbH", "Cascade Outfitters, Inc.")
NOTES = ("Prefers delivery in the evening", "Asked for an invoice by e-mail", "Met at the spring fair")


def shopify_export(path: Path) -> None:
    """Write the example export to a file."""
    chance = random.Random(2026)
    rows = [_row(number, chance) for number in range(1, ROWS + 1)]
    for number in TWICE:
        rows[number - 1] = _in_capitals(rows[number - 21], number)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for number, row in enumerate(rows, start=1):
        if number in SHIFTED:
            text.write(",".join([*row[:6], "Storgatan 5, uppgång B", *row[7:]]) + "\r\n")  # nobody quoted the comma
        else:
            writer.writerow(row)
    path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode())


def _row(number: int, chance: random.Random) -> list[str]:
    first, last = chance.choice(FIRST), chance.choice(LAST)
    country, city, region, postcode, street, phone = chance.choice(PLACES)
    name = f"{first}.{last}".lower().replace("'", "").replace(" ", "")
    plain = name.encode("ascii", "ignore").decode()
    orders = chance.choice((0, 0, 1, 1, 2, 3, 5, 8, MANY_ORDERS))
    telephone = f"'{phone.format(number % 10, number % 100)}" if _happens(chance, 0.7) else ""
    tags = [tag for tag, odds in (("newsletter", 0.4), ("wholesale", 0.05)) if _happens(chance, odds)]
    return [
        f"'{7_300_000_000_000 + number * 7919}",
        first,
        last,
        "" if number in NO_EMAIL else f"{plain}{number}@example.com",
        chance.choice(("yes", "no")),
        chance.choice(COMPANIES) if _happens(chance, 0.1) and number not in SHIFTED else "",
        street.format(number % 90 + 1),
        "c/o Reception" if _happens(chance, 0.05) else "",
        city,
        region,
        country,
        f"'{postcode}" if postcode[0].isdigit() else postcode,
        telephone,
        "'12" if number in DOUBTFUL else telephone,
        "no",
        f"{orders * chance.randint(90, 1900) / 10:.2f}",
        str(orders),
        chance.choice(NOTES) if _happens(chance, 0.1) else "",
        "no",
        ", ".join([*tags, "VIP"] if orders == MANY_ORDERS else tags),
    ]


def _happens(chance: random.Random, odds: float) -> bool:
    return chance.random() < odds


def _in_capitals(row: list[str], number: int) -> list[str]:
    """Return the same person a second time, as somebody typed it with the caps lock on."""
    twice = list(row)
    twice[0] = f"'{7_300_000_000_000 + number * 7919}"
    twice[1:4] = [cell.upper() for cell in row[1:4]]
    return twice


if __name__ == "__main__":
    shopify_export(Path(sys.argv[1]))
