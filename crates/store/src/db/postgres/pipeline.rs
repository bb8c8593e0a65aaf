//! Sends several requests on one connection before the first answer is back.
//!
//! **Invariant:** requests reach the server in the order given, since each future sends when it is
//! first polled.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// Runs `first` and then all of `rest`, without waiting in between, to their ends.
pub(super) async fn in_order<A, B>(
    first: impl Future<Output = A>,
    rest: Vec<impl Future<Output = B>>,
) -> (A, Vec<B>) {
    let mut first = Box::pin(first);
    let mut head = None;
    let mut waiting: Vec<_> = rest
        .into_iter()
        .map(|future| Some(Box::pin(future)))
        .collect();
    let mut done: Vec<Option<B>> = waiting.iter().map(|_| None).collect();
    poll_fn(|context| {
        if head.is_none()
            && let Poll::Ready(value) = first.as_mut().poll(context)
        {
            head = Some(value);
        }
        let mut left = usize::from(head.is_none());
        for (place, value) in waiting.iter_mut().zip(&mut done) {
            if let Some(future) = place {
                match Pin::new(future).poll(context) {
                    Poll::Ready(answer) => {
                        *value = Some(answer);
                        *place = None;
                    }
                    Poll::Pending => left += 1,
                }
            }
        }
        match (left, head.take()) {
            (0, Some(head)) => {
                Poll::Ready((head, done.iter_mut().filter_map(Option::take).collect()))
            }
            (_, taken) => {
                head = taken;
                Poll::Pending
            }
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::in_order;
    use std::cell::RefCell;

    #[tokio::test]
    async fn starts_all_in_order_before_any_has_ended() {
        let log = RefCell::new(Vec::new());
        let log = &log;
        let step = |name: &'static str, yields: usize| async move {
            log.borrow_mut().push(format!("start {name}"));
            for _ in 0..yields {
                tokio::task::yield_now().await;
            }
            log.borrow_mut().push(format!("end {name}"));
            name
        };
        let (first, rest) = in_order(step("a", 3), vec![step("b", 1), step("c", 2)]).await;
        assert_eq!((first, rest), ("a", vec!["b", "c"]));
        assert_eq!(log.borrow()[..3], ["start a", "start b", "start c"]);
    }
}
