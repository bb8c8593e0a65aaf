//! Parameters of a request: from the query or from a form, each at most once.
//!
//! **Invariant:** a parameter that stands there twice is not read at all (RFC 6749 section 3.1).

use axum::Form;
use axum::extract::{FromRequest, Query, Request};
use axum::http::Method;

/// Most parameters that are looked at.
const MOST: usize = 40;

/// The parameters of one request.
#[derive(Clone, Debug, Default)]
pub struct Parameters {
    pairs: Vec<(String, String)>,
}

/// Why there are no parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAForm;

impl Parameters {
    /// From pairs in the order in which they came; empty values count as absent (RFC 6749 section
    /// 3.1).
    #[must_use]
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        let given = pairs.into_iter().filter(|(_, value)| !value.is_empty());
        Self {
            pairs: given.take(MOST).collect(),
        }
    }

    /// Reads the query of a GET, the form of a POST.
    ///
    /// # Errors
    /// When the body is not `application/x-www-form-urlencoded`, or the query cannot be read.
    pub async fn read(request: Request) -> Result<Self, NotAForm> {
        let pairs = if request.method() == Method::POST {
            let form = Form::<Vec<(String, String)>>::from_request(request, &()).await;
            form.map(|Form(pairs)| pairs).map_err(|_| NotAForm)
        } else {
            let query = Query::<Vec<(String, String)>>::try_from_uri(request.uri());
            query.map(|Query(pairs)| pairs).map_err(|_| NotAForm)
        };
        pairs.map(Self::of)
    }

    /// The parameter, if it stands there exactly once.
    #[must_use]
    pub fn one(&self, name: &str) -> Option<&str> {
        let mut found = self.pairs.iter().filter(|(key, _)| key == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// The first parameter that stands there twice.
    #[must_use]
    pub fn repeated(&self) -> Option<&str> {
        let names = self.pairs.iter().enumerate();
        let mut again = names
            .filter(|(at, (name, _))| self.pairs[..*at].iter().any(|(before, _)| before == name));
        again.next().map(|(_, (name, _))| name.as_str())
    }

    /// The words of a parameter that is a list (RFC 6749 section 3.3).
    #[must_use]
    pub fn words(&self, name: &str) -> Vec<&str> {
        self.one(name).map_or_else(Vec::new, |text| {
            text.split(' ').filter(|w| !w.is_empty()).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn of(pairs: &[(&str, &str)]) -> Parameters {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Parameters::of(pairs.iter().map(owned).collect())
    }

    #[test]
    fn a_repeated_parameter_is_noticed_and_an_empty_one_is_absent() {
        let parameters = of(&[("a", "1"), ("b", ""), ("c", "x  y"), ("a", "1"), ("b", "2")]);
        assert_eq!(parameters.repeated(), Some("a"));
        assert_eq!(parameters.one("a"), None);
        assert_eq!(parameters.one("b"), Some("2"));
        assert_eq!(parameters.words("c"), ["x", "y"]);
    }

    #[tokio::test]
    async fn query_and_form_are_read_alike() {
        let get = Request::get("/authorize?state=a%20b&nonce=%E3%81%82").body(Body::empty());
        let post = Request::post("/authorize?state=ignored")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from("state=a+b&nonce=%E3%81%82"));
        for request in [get, post] {
            let parameters = Parameters::read(request.unwrap()).await.unwrap();
            assert_eq!(parameters.one("state"), Some("a b"));
            assert_eq!(parameters.one("nonce"), Some("あ"));
        }
        let json = Request::post("/token").body(Body::from("{}")).unwrap();
        assert_eq!(Parameters::read(json).await.unwrap_err(), NotAForm);
    }
}
