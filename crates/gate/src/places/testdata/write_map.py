"""Writes one.mmdb and other.mmdb beside this file.

They hold a few networks that are set aside for documentation, in the layouts of GeoIP2 City, DB-IP
and IPinfo. It needs `pip install mmdb_writer==0.2.7`; run it again only to change them.
"""

import pathlib

from mmdb_writer import MMDBWriter
from netaddr import IPSet

HERE = pathlib.Path(__file__).parent


def city(country, latitude, longitude, radius=None):
    location = {"latitude": latitude, "longitude": longitude, "time_zone": "Asia/Tokyo"}
    if radius:
        location["accuracy_radius"] = radius
    return {
        "city": {"geoname_id": 1, "names": {"en": "x", "ja": "東京"}},
        "country": {"geoname_id": 2, "iso_code": country, "names": {"en": "x"}},
        "location": location,
        "registered_country": {"iso_code": "US"},
        "subdivisions": [{"iso_code": "13"}],
    }


def write(name, networks):
    writer = MMDBWriter(
        ip_version=6,
        ipv4_compatible=True,
        database_type="Sekisho-Test",
        languages=["en"],
        description="networks set aside for documentation",
    )
    for network, record in networks:
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(HERE / name))


write(
    "one.mmdb",
    [
        ("203.0.113.0/24", city("JP", 35.6837, 139.6805, 20)),
        ("198.51.100.0/25", city("JP", 34.6937, 135.5023)),
        (
            "198.51.100.128/25",
            {"country": "GB", "asn": "AS64496", "lat": "51.50853", "lng": "-0.12574"},
        ),
        ("2001:db8::/32", {"country_code": "JP", "latitude": "", "longitude": ""}),
    ],
)
write(
    "other.mmdb",
    [
        ("203.0.113.0/25", city("JP", 35.4437, 139.6380, 10)),
        ("203.0.113.128/25", city("KR", 35.6837, 139.6805, 20)),
        ("198.51.100.0/25", city("JP", 43.0642, 141.3469, 50)),
    ],
)
