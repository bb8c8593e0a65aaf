//! Files that say something, disagree, become others and are broken.

use std::fs;
use std::path::Path;

use sekisho_core::context::Country;
use sekisho_core::id::{ListingId, StaffId};
use sekisho_core::known::{ListedAs, ListingKnown, ListingsKnown};
use sekisho_core::moment::Span;
use sekisho_core::places::{Network, Source};
use sekisho_core::text::Line;

use super::*;

/// A map of three layouts (see `testdata/write_map.py`): GeoIP2 City in 203.0.113.0/24, DB-IP
/// without a radius in 198.51.100.0/25, IPinfo in 198.51.100.128/25.
const ONE: &[u8] = include_bytes!("testdata/one.mmdb");
/// Another one: it agrees about 203.0.113.0/25, names another country for 203.0.113.128/25 and
/// other coordinates for 198.51.100.0/25.
const OTHER: &[u8] = include_bytes!("testdata/other.mmdb");

const NOW: Moment = Moment(1_795_219_200_000_000);

fn of(text: &str) -> IpAddr {
    text.parse().unwrap()
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }

    /// As `geoipupdate` and rsync put a file in its place.
    fn moved_in(&self, name: &str, bytes: &[u8]) {
        let next = self.write("next", bytes);
        fs::rename(next, self.path(name)).unwrap();
    }
}

fn list(label: Label, path: &Path) -> AddressFiles {
    AddressFiles {
        lists: vec![(label, path.to_owned())],
        ..AddressFiles::default()
    }
}

#[test]
fn disagreement_is_unknown() {
    let silent = Agreement::<u32>::Silent;
    let heard = |said: &[Option<u32>]| said.iter().fold(silent, |all, one| all.heard(*one));
    assert_eq!(heard(&[None, Some(1), Some(1)]).settled(), Some(1));
    assert_eq!(heard(&[Some(1), Some(2), Some(1)]).settled(), None);
    assert_eq!(heard(&[]).settled(), None);
    let nothing = Places::default().at(NOW).of(of("203.0.113.1"));
    assert_eq!(nothing, Place::default());
}

#[test]
fn every_layout_is_read() {
    let folder = Folder::new();
    let one = folder.write("one.mmdb", ONE);
    let places = Places::open(&AddressFiles::maps([one])).unwrap().at(NOW);
    let degrees = |text: &str| places.of(of(text)).circle.map(|circle| circle.degrees());
    let city = places.of(of("203.0.113.9"));
    assert_eq!((city.system, city.country), (None, Country::parse("JP")));
    assert_eq!(degrees("203.0.113.9"), Some((35.6837, 139.6805, 20)));
    assert_eq!(
        degrees("198.51.100.1"),
        Some((34.6937, 135.5023, Circle::UNSAID))
    );
    let flat = places.of(of("198.51.100.200"));
    assert_eq!(
        (flat.system, flat.country),
        (Some(64_496), Country::parse("GB"))
    );
    assert_eq!(
        degrees("198.51.100.200"),
        Some((51.5085, -0.1257, Circle::UNSAID))
    );
    assert_eq!(degrees("192.0.2.1"), None);
    let six = places.of(of("2001:db8::7"));
    assert_eq!((six.country, six.circle), (Country::parse("JP"), None));
}

#[test]
fn two_maps_that_disagree_make_the_place_unknown() {
    let folder = Folder::new();
    let maps = [
        folder.write("one.mmdb", ONE),
        folder.write("other.mmdb", OTHER),
    ];
    for maps in [maps.clone(), [maps[1].clone(), maps[0].clone()]] {
        let places = Places::open(&AddressFiles::maps(maps)).unwrap().at(NOW);
        let agreed = places.of(of("203.0.113.9"));
        assert_eq!(
            (agreed.accord, agreed.country),
            (Accord::One, Country::parse("JP"))
        );
        // Both circles are in it.
        let radius = agreed.circle.unwrap().degrees().2;
        assert!((37..=47).contains(&radius), "{agreed:?}");
        let country = places.of(of("203.0.113.200"));
        assert_eq!((country.accord, country.country), (Accord::Torn, None));
        assert_eq!(country.circle, None);
        let circle = places.of(of("198.51.100.1"));
        assert_eq!(
            (circle.accord, circle.country),
            (Accord::Torn, Country::parse("JP"))
        );
        assert_eq!(circle.circle, None);
        // One of them alone says something: that is no disagreement.
        assert_eq!(places.of(of("198.51.100.200")).accord, Accord::One);
    }
}

#[test]
fn lists_and_indicators_say_what_they_have() {
    let folder = Folder::new();
    let files = AddressFiles {
        maps: vec![folder.write("one.mmdb", ONE)],
        lists: vec![
            (Label::Tor, folder.write("tor", b"203.0.113.7\n")),
            (
                Label::Hosting,
                folder.write("hosting", b"AS64496 # rented\n"),
            ),
            (Label::Hosting, folder.write("more", b"192.0.2.0/24\n")),
        ],
        indicators: vec![folder.write("npa.csv", b"203.0.113.0/24,2026-11-21,NPA,phishing\n")],
    };
    let places = Places::open(&files).unwrap();
    let listed = |text: &str, at| places.at(at).of(of(text)).listed;
    let tor = listed("203.0.113.7", NOW);
    assert_eq!(
        (tor.tor, tor.hosting, tor.deny),
        (Some(true), Some(false), None)
    );
    assert_eq!(tor.source.unwrap().words(), "NPA: phishing");
    // The operator by its number, whichever file of a label names it.
    assert_eq!(listed("198.51.100.200", NOW).hosting, Some(true));
    assert_eq!(listed("192.0.2.9", NOW).hosting, Some(true));
    let day = sekisho_core::moment::Span::days(1);
    assert_eq!(listed("203.0.113.7", NOW.plus(day)).indicator, Some(false));
    let each = places.at(NOW).each(of("203.0.113.7"));
    assert_eq!(each.len(), 5);
    assert_eq!(
        (each[0].country, each[1].listed),
        (Country::parse("JP"), Some(true))
    );
    assert_eq!(each[4].indicators.len(), 1);
}

#[test]
fn what_cannot_be_read_at_the_start_is_told_with_its_line() {
    let folder = Folder::new();
    let wrong = folder.write("deny", b"203.0.113.0/24\n0.0.0.0/0\n");
    let why = Places::open(&list(Label::Deny, &wrong))
        .unwrap_err()
        .to_string();
    assert!(why.contains("deny: line 2 is wider than"), "{why}");
    let missing = folder.path("none");
    assert!(Places::open(&list(Label::Tor, &missing)).is_err());
    assert!(Places::open(&list(Label::Tor, folder.0.path())).is_err());
    let text = folder.write("map", b"not a map");
    assert!(Places::open(&AddressFiles::maps([text])).is_err());
}

#[test]
fn a_file_that_was_moved_in_is_taken_up_once_it_rests() {
    let folder = Folder::new();
    let path = folder.write("tor", b"203.0.113.7\n");
    let places = Places::open(&list(Label::Tor, &path)).unwrap();
    let tor = |text: &str| places.at(NOW).of(of(text)).listed.tor;
    assert_eq!(places.look(), []);
    // The same length, and perhaps the same time: it is another file all the same.
    folder.moved_in("tor", b"203.0.113.8\n");
    let before = places.at(NOW);
    assert_eq!(places.look(), []);
    assert_eq!(tor("203.0.113.8"), Some(false), "one look is not enough");
    let looked = places.look();
    assert_eq!(looked.len(), 1);
    assert_eq!(
        (looked[0].became.clone(), &looked[0].path),
        (Became::Replaced, &path)
    );
    assert_eq!(
        (tor("203.0.113.7"), tor("203.0.113.8")),
        (Some(false), Some(true))
    );
    assert_eq!(places.look(), []);
    // What was begun with the files of before ends with them.
    assert_eq!(before.of(of("203.0.113.7")).listed.tor, Some(true));
}

#[test]
fn what_is_still_being_written_is_left_alone() {
    let folder = Folder::new();
    let path = folder.write("tor", b"203.0.113.7\n");
    let places = Places::open(&list(Label::Tor, &path)).unwrap();
    let mut text = b"203.0.113.8\n".to_vec();
    for _ in 0..5 {
        text.extend(b"203.0.113.9\n");
        folder.write("tor", &text);
        assert_eq!(places.look(), []);
    }
    assert_eq!(places.at(NOW).of(of("203.0.113.7")).listed.tor, Some(true));
    assert_eq!(places.look().len(), 1);
    assert_eq!(places.at(NOW).of(of("203.0.113.7")).listed.tor, Some(false));
}

#[test]
fn a_broken_file_keeps_the_one_before_and_is_told_once() {
    let folder = Folder::new();
    let path = folder.write("deny", b"203.0.113.7\n");
    let places = Places::open(&list(Label::Deny, &path)).unwrap();
    let denied = || places.at(NOW).of(of("203.0.113.7")).listed.deny;
    folder.moved_in("deny", b"203.0.113.7\nexample.jp\n");
    assert_eq!(places.look(), []);
    let looked = places.look();
    assert!(matches!(&looked[0].became, Became::Broken(why) if why.starts_with("line 2 ")));
    assert_eq!((places.look(), denied()), (Vec::new(), Some(true)));
    let broken = || places.states()[0].broken.clone();
    assert!(broken().is_some());
    // Gone altogether: the same.
    fs::remove_file(&path).unwrap();
    assert!(matches!(&places.look()[0].became, Became::Broken(_)));
    assert_eq!((places.look(), denied()), (Vec::new(), Some(true)));
    folder.moved_in("deny", b"203.0.113.8\n");
    assert_eq!(places.look(), []);
    assert_eq!(places.look().len(), 1);
    assert_eq!((denied(), broken()), (Some(false), None));
}

#[test]
fn an_empty_file_replaces_none_and_one_that_shrank_is_told() {
    let folder = Folder::new();
    let full = b"203.0.113.1\n203.0.113.3\n203.0.113.5\n203.0.113.7\n";
    for (label, emptied) in [(Label::Tor, false), (Label::Deny, true)] {
        let path = folder.write("list", full);
        let places = Places::open(&list(label, &path)).unwrap();
        let moved = |bytes: &[u8]| {
            folder.moved_in("list", bytes);
            assert_eq!(places.look(), []);
            places.look().pop().map(|one| one.became)
        };
        let broken = Became::Broken("it is empty".to_owned());
        assert_eq!(moved(b""), Some(broken));
        assert_eq!((places.states()[0].size, places.is_broken()), (4, true));
        // On purpose, of a list of one's own alone.
        let became = moved(b"# nobody\n");
        let shrunk = Became::Shrunk { was: 4, size: 0 };
        // For the same reason as before it is told once.
        assert_eq!(became, emptied.then_some(shrunk));
        assert_eq!(places.states()[0].broken.is_none(), emptied);
        if !emptied {
            let became = moved(b"203.0.113.1\n");
            assert_eq!(became, Some(Became::Shrunk { was: 4, size: 1 }));
        }
    }
}

#[test]
fn what_people_listed_is_heard_beside_the_files_until_it_ends() {
    let folder = Folder::new();
    let path = folder.write("deny", b"203.0.113.9\n");
    let places = Places::open(&list(Label::Deny, &path)).unwrap();
    let hour = |hours| NOW.plus(Span::hours(hours));
    let listing = |number: u8, network: &str, listed, ends| ListingKnown {
        id: ListingId([number; 16]),
        network: Network::parse(network).unwrap(),
        listed,
        reason: Line::parse("x").unwrap(),
        alert: None,
        by: StaffId([1; 16]),
        made: NOW,
        ends,
        ended: None,
    };
    let own = |standing| Arc::new(Own::from(ListingsKnown { epoch: 1, standing }));
    let at = |own: &Arc<Own>, at, text| places.at(at).with(Arc::clone(own)).of(of(text)).listed;

    let none = own(Vec::new());
    let silent = at(&none, NOW, "203.0.113.7");
    assert_eq!((silent.deny, silent.indicator), (Some(false), None));

    let both = own(vec![
        listing(1, "203.0.113.0/24", ListedAs::Ask, hour(4)),
        listing(2, "203.0.113.0/28", ListedAs::Deny, hour(1)),
    ]);
    let named = |number: u8| Source::of(&ListingId([number; 16]).to_string());
    let strict = at(&both, NOW, "203.0.113.7");
    assert_eq!(
        (strict.deny, strict.indicator, strict.source),
        (Some(true), Some(true), named(2))
    );
    let wider = at(&both, NOW, "203.0.113.77");
    assert_eq!(
        (wider.deny, wider.indicator, wider.source),
        (Some(false), Some(true), named(1))
    );
    let elsewhere = at(&both, NOW, "198.51.100.1");
    assert_eq!(
        (elsewhere.deny, elsewhere.indicator, elsewhere.source),
        (Some(false), Some(false), None)
    );
    // The operator's own file goes on to count beside them.
    assert_eq!(at(&both, NOW, "203.0.113.9").deny, Some(true));
    assert_eq!(at(&both, hour(1), "203.0.113.9").deny, Some(true));
    assert_eq!(at(&both, hour(1), "203.0.113.7").deny, Some(false));
    assert_eq!(at(&both, hour(4), "203.0.113.7").indicator, None);
    assert_eq!((both.count(NOW), both.count(hour(1))), (2, 1));
    assert_eq!((both.count(hour(4)), both.count(hour(-1))), (0, 0));
}
