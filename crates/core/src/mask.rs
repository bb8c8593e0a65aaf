//! Masks: what may be shown of a personal value where the whole is not needed.
//!
//! **Invariant:** a mask shows enough for its owner to recognise the value and too little for
//! anybody else to use it.

/// `t***@e***.jp`: the first letter of the local part and of the domain, and the last label.
#[must_use]
pub fn mail(address: &str) -> String {
    let Some((local, domain)) = address.rsplit_once('@') else {
        return "***".to_owned();
    };
    let first = |text: &str| text.chars().next().map(String::from).unwrap_or_default();
    let last = domain.rsplit_once('.').map_or("", |(_, last)| last);
    format!("{}***@{}***.{last}", first(local), first(domain))
}

/// `***-****-1234`: the last four digits.
#[must_use]
pub fn phone(number: &str) -> String {
    format!("***-****-{}", last(number, 4))
}

/// `****567`: the last three digits of an account number.
#[must_use]
pub fn account_number(number: &str) -> String {
    format!("****{}", last(number, 3))
}

fn last(text: &str, many: usize) -> String {
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    digits[digits.len().saturating_sub(many)..].iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_show_little() {
        assert_eq!(mail("taro.yamada@example.jp"), "t***@e***.jp");
        assert_eq!(mail("nothing"), "***");
        assert_eq!(phone("+819012345678"), "***-****-5678");
        assert_eq!(account_number("1234567"), "****567");
    }
}
