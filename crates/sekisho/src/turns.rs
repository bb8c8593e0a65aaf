//! Work on a stream of lines, many at a time, as if one after the other.
//!
//! A piece of work names what it touches. It begins when every earlier piece that touches any of it
//! has ended; pieces that have nothing in common run together. Results come in the order of the
//! lines.
//!
//! **Invariant:** what one piece of work can see of another is what it would see if there were one
//! at a time; at most as many are held as was allowed.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use tokio::task::{JoinError, JoinHandle};
use tokio_util::sync::CancellationToken;

/// Work in progress, oldest first.
pub struct Turns<K, T> {
    most: usize,
    begun: u64,
    held: VecDeque<Piece<K, T>>,
    /// The latest piece of work that touches each thing, and the sign that it ended.
    latest: HashMap<K, (u64, CancellationToken)>,
}

struct Piece<K, T> {
    number: u64,
    touches: Vec<K>,
    work: JoinHandle<T>,
}

impl<K: Eq + Hash + Clone, T: Send + 'static> Turns<K, T> {
    /// At most `most` pieces are held, running or waiting for their turn.
    pub fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            begun: 0,
            held: VecDeque::new(),
            latest: HashMap::new(),
        }
    }

    /// Whether one has to end before another may begin.
    pub fn full(&self) -> bool {
        self.held.len() >= self.most
    }

    /// Begins `work` when its turn comes.
    pub fn begin(&mut self, touches: Vec<K>, work: impl Future<Output = T> + Send + 'static) {
        self.begun += 1;
        let number = self.begun;
        let ended = CancellationToken::new();
        let earlier: Vec<_> = touches
            .iter()
            .filter_map(|thing| {
                let mine = (number, ended.clone());
                let before = self.latest.insert(thing.clone(), mine);
                before.filter(|(other, _)| *other != number)
            })
            .map(|(_, ended)| ended)
            .collect();
        let work = tokio::spawn(async move {
            // Also given when the work panics, so that nobody waits for it.
            let _sign = ended.drop_guard();
            for before in earlier {
                before.cancelled().await;
            }
            work.await
        });
        self.held.push_back(Piece {
            number,
            touches,
            work,
        });
    }

    /// The result of the oldest piece; `None` when nothing is held.
    ///
    /// # Errors
    /// When the work panicked.
    pub async fn oldest(&mut self) -> Option<Result<T, JoinError>> {
        let piece = self.held.pop_front()?;
        let result = piece.work.await;
        for thing in piece.touches {
            if self
                .latest
                .get(&thing)
                .is_some_and(|(number, _)| *number == piece.number)
            {
                self.latest.remove(&thing);
            }
        }
        Some(result)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn what_has_nothing_in_common_runs_together_and_the_rest_in_order() {
        let log = Arc::new(Mutex::new(Vec::new()));
        let mut turns = Turns::new(4);
        let (open, gate) = oneshot::channel::<()>();
        let note = |name: &'static str, log: &Arc<Mutex<Vec<_>>>| {
            let log = Arc::clone(log);
            move || log.lock().unwrap().push(name)
        };
        let (first, second, third) = (note("a1", &log), note("a2", &log), note("b", &log));
        turns.begin(vec!["a", "a"], async move {
            gate.await.unwrap();
            first();
            1
        });
        turns.begin(vec!["a"], async move {
            second();
            2
        });
        // The first can only go on because this one does not wait for it.
        turns.begin(vec!["b"], async move {
            third();
            open.send(()).unwrap();
            3
        });
        assert!(!turns.full());
        let mut results = Vec::new();
        while let Some(result) = turns.oldest().await {
            results.push(result.unwrap());
        }
        assert_eq!(results, [1, 2, 3]);
        assert_eq!(*log.lock().unwrap(), ["b", "a1", "a2"]);
        assert!(turns.latest.is_empty());
    }

    #[tokio::test]
    async fn a_panic_ends_its_turn_and_is_told() {
        let mut turns = Turns::new(1);
        turns.begin(vec![1], async { panic!("as asked") });
        assert!(turns.full());
        turns.begin(vec![1], async {});
        assert!(turns.oldest().await.unwrap().is_err());
        assert!(turns.oldest().await.unwrap().is_ok());
        assert!(turns.oldest().await.is_none());
    }
}
