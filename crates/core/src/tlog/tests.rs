use super::proof::Tiles;
use super::*;

/// Leaves of the test vectors of Certificate Transparency, in hexadecimal.
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];

/// The roots of the first one, two, … of them.
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2);
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    pairs.map(byte).collect()
}

fn leaves(count: u64) -> Vec<Digest> {
    (0..count)
        .map(|number| leaf(&number.to_be_bytes()))
        .collect()
}

/// The head and the full tiles of a tree, grown in batches of these sizes in turn.
fn grown(all: &[Digest], batches: &[usize]) -> (Head, Tiles) {
    let (mut head, mut tiles, mut rest) = (Head::default(), Tiles::new(), all);
    let mut batch = batches.iter().cycle();
    while !rest.is_empty() {
        let (some, behind) = rest.split_at((*batch.next().unwrap()).min(rest.len()));
        for (tile, bytes) in head.grow(some.iter().copied()) {
            assert_eq!((tile.width, bytes.len()), (256, 256 * 32));
            assert!(tiles.insert((tile.level, tile.index), bytes).is_none());
        }
        // Nothing is in memory alone.
        head = Head::from_bytes(&head.to_bytes()).unwrap();
        rest = behind;
    }
    (head, tiles)
}

#[test]
fn roots_are_those_of_the_published_vectors() {
    let all: Vec<_> = LEAVES.iter().map(|text| leaf(&unhex(text))).collect();
    assert_eq!(
        Head::default().root().to_string(),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    for (count, expected) in (1..).zip(ROOTS) {
        let (head, _) = grown(&all[..count], &[1]);
        assert_eq!(head.root().to_string(), expected, "{count}");
        assert_eq!(root(&all[..count]), head.root());
    }
}

#[test]
fn the_root_of_an_end_is_that_of_all_leaves() {
    let all = leaves(66_000);
    let mut head = Head::default();
    for size in 0..=600 {
        assert_eq!(head.root(), root(&all[..size]), "{size}");
        head.grow(all.get(size).copied());
    }
    for size in [65_535, 65_536, 65_537, 65_792, 66_000] {
        let (head, _) = grown(&all[..size], &[1_000]);
        assert_eq!(head.root(), root(&all[..size]), "{size}");
    }
}

#[test]
fn however_it_grows_the_tiles_are_the_same() {
    let all = leaves(70_000);
    let at_once = grown(&all, &[70_000]);
    for batches in [&[1_000][..], &[1, 255, 256, 257], &[7, 4_096, 31]] {
        assert!(grown(&all, batches) == at_once, "{batches:?}");
    }
    let (head, tiles) = at_once;
    // 273 tiles of leaves are full, and one of those above them.
    assert_eq!(tiles.len(), 273 + 1);
    let partial: Vec<_> = head.partial().iter().map(|(tile, _)| tile.path()).collect();
    assert_eq!(
        partial,
        ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]
    );
}

#[test]
fn an_end_that_cannot_be_is_not_read() {
    let (head, _) = grown(&leaves(300), &[300]);
    let bytes = head.to_bytes();
    assert_eq!(Head::from_bytes(&bytes), Some(head));
    for wrong in [&bytes[..bytes.len() - 1], &bytes[..8], &bytes[..7], &[]] {
        assert_eq!(Head::from_bytes(wrong), None);
    }
    assert_eq!(Head::from_bytes(&[&bytes[..], &[0; 32]].concat()), None);
    assert_eq!(Head::from_bytes(&[0xff; 40]), None);
    assert_eq!(Head::from_bytes(&[0; 8]), Some(Head::default()));
}

/// Every way to spoil a proof by one step.
fn spoiled(proof: &[Digest]) -> Vec<Vec<Digest>> {
    let mut all = vec![[proof, &[Digest([7; 32])]].concat()];
    for place in 0..proof.len() {
        let mut one = proof.to_vec();
        one[place].0[place % 32] ^= 1 << (place % 8);
        all.push(one);
        let mut one = proof.to_vec();
        one.remove(place);
        all.push(one);
        if place > 0 {
            let mut one = proof.to_vec();
            one.swap(place - 1, place);
            all.push(one);
        }
    }
    all
}

#[test]
fn each_leaf_of_each_tree_is_proved_and_nothing_else_is() {
    let all = leaves(70);
    for size in 0..=70_u64 {
        let (head, tiles) = grown(&all[..size as usize], &[70]);
        let end = head.root();
        assert_eq!(inclusion(&head, &tiles, size), Ok(None));
        for index in 0..size {
            let proof = inclusion(&head, &tiles, index).unwrap().unwrap();
            let own = &all[index as usize];
            assert!(verify_inclusion(own, (index, size), &proof, &end));
            for wrong in spoiled(&proof) {
                assert!(!verify_inclusion(own, (index, size), &wrong, &end));
            }
            let other = Digest([9; 32]);
            assert!(!verify_inclusion(&other, (index, size), &proof, &end));
            assert!(!verify_inclusion(own, (index, size), &proof, &other));
            let elsewhere = (index + 1) % size;
            if elsewhere != index {
                assert!(!verify_inclusion(own, (elsewhere, size), &proof, &end));
            }
        }
    }
}

#[test]
fn each_tree_is_proved_the_beginning_of_each_later_one() {
    let all = leaves(70);
    let roots: Vec<_> = (0..=70).map(|size| root(&all[..size])).collect();
    for to in 0..=70_u64 {
        let (head, tiles) = grown(&all[..to as usize], &[70]);
        assert_eq!(consistency(&head, &tiles, to + 1), Ok(None));
        for from in 0..=to {
            let proof = consistency(&head, &tiles, from).unwrap().unwrap();
            let (old, new) = (&roots[from as usize], &roots[to as usize]);
            assert!(
                verify_consistency((from, old), (to, new), &proof),
                "{from} {to}"
            );
            for wrong in spoiled(&proof) {
                assert!(!verify_consistency((from, old), (to, new), &wrong));
            }
            let other = Digest([9; 32]);
            assert!(!verify_consistency((from, &other), (to, new), &proof));
            if from != 0 {
                assert!(!verify_consistency((from, old), (to, &other), &proof));
            }
        }
    }
}

#[test]
fn large_trees_are_proved_from_the_tiles_that_are_asked_for_alone() {
    let all = leaves(70_000);
    for size in [255, 256, 257, 65_536, 70_000_u64] {
        let (head, full) = grown(&all[..size as usize], &[1_000]);
        let end = head.root();
        for index in [0, 1, 254, size / 2, size - 2, size - 1] {
            let mut read = Tiles::new();
            let proof = loop {
                match inclusion(&head, &read, index) {
                    Ok(proof) => break proof.unwrap(),
                    Err(Missing { level, index }) => {
                        let bytes = full[&(level, index)].clone();
                        assert!(read.insert((level, index), bytes).is_none());
                    }
                }
            };
            assert!(read.len() <= 3, "{size} {index}: {}", read.len());
            assert!(verify_inclusion(
                &all[index as usize],
                (index, size),
                &proof,
                &end
            ));
            let proof = consistency(&head, &full, index).unwrap().unwrap();
            let old = root(&all[..index as usize]);
            assert!(verify_consistency((index, &old), (size, &end), &proof));
        }
    }
}

#[test]
fn sizes_that_no_log_has_are_refused_at_once() {
    let (one, proof) = (Digest([1; 32]), vec![Digest([2; 32]); 80]);
    for (index, size) in [
        (0, u64::MAX),
        (u64::MAX - 1, u64::MAX),
        (u64::MAX, u64::MAX),
        (0, 0),
    ] {
        for length in [0, 1, 63, 64, 65, 80] {
            assert!(!verify_inclusion(
                &one,
                (index, size),
                &proof[..length],
                &one
            ));
            let to = (size, &one);
            assert!(!verify_consistency(
                (index.max(1), &proof[0]),
                to,
                &proof[..length]
            ));
        }
    }
    let (head, tiles) = grown(&leaves(300), &[300]);
    assert_eq!(inclusion(&head, &tiles, u64::MAX), Ok(None));
    assert_eq!(consistency(&head, &tiles, u64::MAX), Ok(None));
    let none = inclusion(&head, &Tiles::new(), 0).unwrap_err();
    assert_eq!(none, Missing { level: 0, index: 0 });
    let short = Tiles::from([((0, 0), vec![0; 33])]);
    assert_eq!(inclusion(&head, &short, 0), Err(none));
}

#[test]
fn a_tile_has_one_path() {
    let tile = |level, index, width| Tile {
        level,
        index,
        width,
    };
    for (tile, path) in [
        (tile(0, 0, 256), "tile/0/000"),
        (tile(0, 999, 1), "tile/0/999.p/1"),
        (tile(1, 1_000, 256), "tile/1/x001/000"),
        (tile(0, 1_234_067, 256), "tile/0/x001/x234/067"),
        (tile(7, 1_234_067, 255), "tile/7/x001/x234/067.p/255"),
    ] {
        assert_eq!(tile.path(), path);
        assert_eq!(Tile::parse(path), Some(tile));
    }
    assert_eq!(
        path_of_entries(1_234_067, 9),
        "tile/entries/x001/x234/067.p/9"
    );
    for wrong in [
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/00/001",
        "tile/8/001",
        "tile/+1/001",
        "tile/-1/001",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/01",
        "tile/0/001.p/",
        "tile/0/+01",
        "tile/0/",
        "tile/entries/001",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        "",
    ] {
        assert_eq!(Tile::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn a_bundle_is_read_as_it_was_written_or_not_at_all() {
    let long = vec![7; MOST_BYTES];
    let entries = [&b"one"[..], b"", &long];
    let bytes = bundle(entries).unwrap();
    assert_eq!(unbundle(&bytes).unwrap(), entries);
    assert_eq!(unbundle(&bytes[..bytes.len() - 1]), None);
    assert_eq!(unbundle(&[0]), None);
    assert_eq!(unbundle(&[]), Some(Vec::new()));
    assert_eq!(bundle([&vec![7; MOST_BYTES + 1][..]]), None);
}
