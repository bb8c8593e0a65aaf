use super::*;

const GOOD: [&str; 4] = [
    "当社をかたる偽のメールにご注意ください",
    "当社をかたる偽のメールが2026-11-23から確認されています。\r\n偽のページにパスワードを入力しないでください。\r\nいつもの方法でログインし、ご登録内容をお確かめください。",
    "Beware of fake messages",
    "Since 2026-11-23 10:30 there are fake messages in our name.\nNever enter your password or a code on a page that a message opens.\nSign in the way you always do.",
];

fn ja(text: &str) -> Vec<Finding> {
    findings(Part::BodyJa, text, None)
}

fn en(text: &str) -> Vec<Finding> {
    findings(Part::BodyEn, text, None)
}

#[test]
fn a_plain_warning_passes_in_both_languages() {
    let text = CampaignText::parse(GOOD, None).unwrap();
    assert_eq!(text.in_locale(Locale::En).0, "Beware of fake messages");
    assert!(!text.in_locale(Locale::Ja).1.contains('\r'));
}

#[test]
fn every_part_has_to_be_there_in_its_language_and_bounded() {
    for (place, part) in Part::ALL.into_iter().enumerate() {
        let long = "あ".repeat(MOST_BODY + 1);
        for (typed, finding) in [
            (" \n ", Finding::Empty),
            (long.as_str(), Finding::Long),
            (GOOD[(place + 2) % 4], Finding::Language),
        ] {
            let mut parts = GOOD;
            parts[place] = typed;
            let found = CampaignText::parse(parts, None).unwrap_err();
            assert!(found.contains(&(part, finding)), "{part:?} {found:?}");
        }
    }
    assert!(en(&"a\n".repeat(21)).contains(&Finding::Long));
    assert_eq!(en(&"a".repeat(1_000_000)), [Finding::Long]);
    assert!(findings(Part::SubjectEn, "a\nb", None).contains(&Finding::Long));
}

#[test]
fn an_address_is_found_whatever_it_is_dressed_as() {
    for hostile in [
        "See https://hinode.example/a",
        "See ｈｔｔｐ：／／hinode．example",
        "See hxxps hinode",
        "See hinode.example",
        "See hinode．example now",
        "See hinode｡example now",
        "See hinode[.]example",
        "See hinode(dot)example",
        "See hinode dot example",
        "See hinode . example",
        "See ⒽⒾnode.example",
        "See hinode\u{2024}example",
        "See 203.0.113.9 now",
        "See ２０３．０．１１３．９ now",
        "See 2001:db8::1 now",
        "See [::1] now",
        "Open javascript:alert",
        "See WWW.hinode",
    ] {
        assert!(en(hostile).contains(&Finding::Link), "{hostile}");
    }
    for hostile in [
        "くわしくはhinode.exampleをご覧ください。",
        "くわしくはhinodeドットexampleをご覧ください。",
        "くわしくはhinode。exampleをご覧ください。",
        "くわしくは日の出.jpをご覧ください。",
        "くわしくは日の出。ｊｐをご覧ください、hinode。ｊｐです。",
    ] {
        assert!(ja(hostile).contains(&Finding::Link), "{hostile}");
    }
}

#[test]
fn letters_that_look_like_ours_and_those_that_are_not_seen_are_found() {
    for hostile in [
        "See hіnode",
        "See hinοde",
        "See hinode\u{301}",
        "See hi\u{301}node",
        "Bеware",
        "٠١٢٣ now",
    ] {
        assert!(en(hostile).contains(&Finding::Language), "{hostile}");
    }
    for hostile in [
        "htt\u{200b}p now",
        "a\u{202e}b",
        "a\u{0}b",
        "a\u{ad}b",
        "a\tb",
    ] {
        assert!(en(hostile).contains(&Finding::Hidden), "{hostile}");
    }
    assert!(ja("ヤマダ\u{2066}様").contains(&Finding::Hidden));
    assert!(ja("お客様ａ̈").contains(&Finding::Language));
    assert_eq!(ja("ﾊﾟﾝﾌﾚｯﾄとＡＢＣ、々〆ヶのお知らせ（１２３）。"), []);
}

#[test]
fn our_own_host_passes_alone_and_only_where_links_may_be() {
    let own = Some("login.hinode.example");
    for fine in [
        "Open login.hinode.example from your bookmarks.",
        "Open LOGIN.hinode.example.",
        "(login.hinode.example)",
    ] {
        assert_eq!(findings(Part::BodyEn, fine, own), [], "{fine}");
        assert_eq!(en(fine), [Finding::Link]);
    }
    for hostile in [
        "https://login.hinode.example",
        "login.hinode.example/a",
        "login.hinode.example.evil.example",
        "evil.login.hinode.example",
        "login.hinode.example:444",
        "login-hinode.example",
        "user@login.hinode.example",
        "xlogin.hinode.example",
    ] {
        let found = findings(Part::BodyEn, hostile, own);
        assert!(found.contains(&Finding::Link), "{hostile}");
    }
}

#[test]
fn nothing_to_write_or_ring_and_no_markup_stands_in_it() {
    for (text, finding) in [
        ("Write to help@hinode", Finding::Mail),
        ("Write to help＠hinode", Finding::Mail),
        ("Write to help (at) hinode", Finding::Mail),
        ("Ring 0120-123-456", Finding::Telephone),
        ("Ring 03 1234 5678", Finding::Telephone),
        ("Ring ０３（１２３４）５６７８", Finding::Telephone),
        ("Ring +81.3.1234.5678", Finding::Telephone),
        ("Ring 03/1234/5678", Finding::Telephone),
        ("Ring 03\n1234\n5678", Finding::Telephone),
        ("Ring 2125-55-01 23", Finding::Telephone),
        ("A <b>bold</b> word", Finding::Markup),
        ("A &#104;ttp word", Finding::Markup),
        ("A &lt; word", Finding::Markup),
    ] {
        assert!(en(text).contains(&finding), "{text} {:?}", en(text));
    }
    for (text, finding) in [
        ("お電話は03の1234の5678まで", Finding::Telephone),
        ("お電話は〇三-一二三四-五六七八まで", Finding::Telephone),
        ("info アット evil ドット com まで", Finding::Mail),
        ("info アット evil ドット com まで", Finding::Link),
    ] {
        assert!(ja(text).contains(&finding), "{text} {:?}", ja(text));
    }
    assert_eq!(en("On 2026/11/23 10:30 and 2026.11.24 10:30 we rest."), []);
    let fine = "On 2026-11-23 at 10:30:00 we moved 1,000,000,000 JPY, 0.5% & more… R&D, A & B; C.";
    assert_eq!(en(fine), []);
}

#[test]
fn a_wish_for_a_secret_is_told_from_a_warning_of_it() {
    for hostile in [
        "Please enter your password.",
        "Reply with your PIN",
        "Do not wait: enter your password",
        "Do not wait, enter your password",
        "Do not wait and enter your password",
        "You must confirm the code now",
        "Ｅｎｔｅｒ your ｐａｓｓｗｏｒｄ",
        "Please enter your\npassword.",
        "Do not hesitate to send us your password.",
        "Don't forget to enter your code",
    ] {
        assert!(en(hostile).contains(&Finding::Secret), "{hostile}");
    }
    for fine in [
        "Never enter your password on a page that a message opens.",
        "We do not ask you to tell us a code.",
        "Fake messages ask for your password.",
        "Change your password on the page that you know.",
    ] {
        assert_eq!(en(fine), [], "{fine}");
    }
    for hostile in [
        "パスワードを入力してください。",
        "ご注意ください。暗証番号をご返信ください。",
        "待たないで、パスワードを入力してください。",
        "ﾊﾟｽﾜｰﾄﾞを教えてください",
        "パスワードを\n入力してください",
        "暗証番号を入力しないと口座が使えません。",
        "パスワードを入力しない場合は取引をお願いしません。",
        "パスワードを入力してください、お手数をおかけして申し訳ございません。",
        "パスワードを入力してください\nご注意ください",
    ] {
        assert!(ja(hostile).contains(&Finding::Secret), "{hostile}");
    }
    for fine in [
        "当社がパスワードの入力をメールでお願いすることはありません。",
        "認証コードを誰にも教えないでください。",
        "パスワードを入力させる偽のページにご注意ください！",
        "パスワードの変更をおすすめします。",
    ] {
        assert_eq!(ja(fine), [], "{fine}");
    }
}
