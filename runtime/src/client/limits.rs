//! The documented limits of a cloud portal, kept on this side so that the portal never has to refuse.
//!
//! - **Requests**: every request raises a counter that drains at a fixed rate; above its threshold requests are refused.
//! - **Operating time**: what a method has used of its budget in the last ten minutes; each answer tells. Calls on their way
//!   are taken to use as much as the last one did.
//!
//! Portals count requests by the address they come from, whoever sends them. So one [`Limits`] serves one portal: clones of
//! a client share it, and clients of several webhooks or applications on the same portal can be given the same.

use std::{
    collections::HashMap,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

use crate::Time;

/// Seconds of operating time that a method may use in ten minutes.
const BUDGET: f64 = 480.0;

/// How long a method is left alone when it was refused for its operating time and nothing says until when.
const BLOCKED: Duration = Duration::from_secs(60);

/// Requests on their way may catch up with each other by this much; the counter here stays that far below the portal's.
const JITTER: Duration = Duration::from_millis(500);

/// The limits of one portal. Clones share their counters.
#[derive(Clone, Debug)]
pub struct Limits(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Held by the caller whose turn it is to wait for the bucket: first come, first served, and a caller that gives up
    /// has taken nothing.
    turn: tokio::sync::Mutex<()>,
    bucket: Mutex<Bucket>,
    meters: Mutex<HashMap<&'static str, Meter>>,
    /// Told whenever a meter may have room again.
    room: Notify,
}

/// A leaky bucket. (Not one of the rate-limiting crates: `governor` keeps time by the system's clock, which a paused test
/// cannot turn, and cannot be told that the portal's own bucket is full, which happens where other programs share the
/// address.)
#[derive(Debug)]
struct Bucket {
    threshold: f64,
    drain: f64,
    level: f64,
    at: Option<Instant>,
}

/// The operating time of one method.
#[derive(Debug, Default)]
struct Meter {
    /// Seconds used, by the last answer.
    used: f64,
    /// Seconds that the last call took.
    cost: f64,
    /// When a part of `used` is given back.
    reset: Option<Instant>,
    /// Nobody knows how much: the next call goes alone and finds out.
    unsure: bool,
    /// Calls that are admitted and have no answer yet.
    in_flight: u32,
}

impl Limits {
    /// 50 requests at once, 2 a second: every plan but Enterprise. The default.
    pub fn standard() -> Self {
        Self::new(50, 2.0)
    }

    /// 250 requests at once, 5 a second: the Enterprise plan.
    pub fn enterprise() -> Self {
        Self::new(250, 5.0)
    }

    /// No limit on requests: portals on premises. Operating time is still heeded where answers tell it.
    pub fn unlimited() -> Self {
        Self::new(u32::MAX, f64::INFINITY)
    }

    /// `threshold` requests at once, of which `drain` are forgiven each second.
    pub fn new(threshold: u32, drain: f64) -> Self {
        let drain = if drain > 0.0 { drain } else { f64::MIN_POSITIVE };
        let margin = if drain.is_finite() { (drain * JITTER.as_secs_f64()).ceil() } else { 0.0 };
        let bucket = Bucket { threshold: (f64::from(threshold) - margin).max(1.0), drain, level: 0.0, at: None };
        Limits(Arc::new(Shared {
            turn: tokio::sync::Mutex::new(()),
            bucket: Mutex::new(bucket),
            meters: Mutex::default(),
            room: Notify::new(),
        }))
    }

    /// Waits until a request that calls `methods` may be sent, and counts it: as on its way until what is returned is
    /// dropped.
    ///
    /// # Errors
    ///
    /// At once, if the budget of one is known to be used up beyond `deadline`.
    pub(crate) async fn admit(&self, methods: &[&'static str], deadline: Instant) -> Result<Admitted, UsedUp> {
        if let Some(admitted) = self.try_admit(methods) {
            return Ok(admitted);
        }
        let admitted = self.wait_for_room(methods, deadline).await?;
        let _turn = self.0.turn.lock().await;
        loop {
            let next = lock(&self.0.bucket).take(Instant::now());
            match next {
                None => return Ok(admitted),
                Some(wait) => tokio::time::sleep(wait).await,
            }
        }
    }

    /// As [`admit`](Self::admit), if there is nothing to wait for.
    fn try_admit(&self, methods: &[&'static str]) -> Option<Admitted> {
        let _turn = self.0.turn.try_lock().ok()?;
        let admitted = self.reserve(methods).ok()?;
        lock(&self.0.bucket).take(Instant::now()).is_none().then_some(admitted)
    }

    async fn wait_for_room(&self, methods: &[&'static str], deadline: Instant) -> Result<Admitted, UsedUp> {
        loop {
            let mut room = pin!(self.0.room.notified());
            room.as_mut().enable();
            match self.reserve(methods) {
                Ok(admitted) => return Ok(admitted),
                Err(Full::Until(reset)) if reset > deadline => return Err(UsedUp),
                Err(Full::Until(end)) => {
                    let _ = timeout_at(end, room).await;
                }
                Err(Full::InFlight) => room.await,
            }
        }
    }

    /// Counts calls of `methods` as on their way, if the budget of each has room for them.
    fn reserve(&self, methods: &[&'static str]) -> Result<Admitted, Full> {
        let now = Instant::now();
        let mut meters = lock(&self.0.meters);
        for method in methods {
            let calls = methods.iter().filter(|other| *other == method).count();
            meters.entry(method).or_default().room(calls, now)?;
        }
        for method in methods {
            meters.entry(method).or_default().in_flight += 1;
        }
        Ok(Admitted { limits: self.clone(), methods: methods.into() })
    }

    /// The portal refused a request for its rate: its counter is full, whatever ours says.
    pub(crate) fn refused(&self) {
        let mut bucket = lock(&self.0.bucket);
        bucket.level = bucket.threshold;
        bucket.at = Some(Instant::now());
    }

    /// The portal refused `method` for its operating time.
    pub(crate) fn block(&self, method: &'static str, time: Option<&Time>) {
        let reset = Instant::now() + time.and_then(until_reset).unwrap_or(BLOCKED);
        let mut meters = lock(&self.0.meters);
        let meter = meters.entry(method).or_default();
        (meter.used, meter.reset) = (BUDGET, Some(reset));
    }

    /// What an answer tells of the operating time of `method`.
    pub(crate) fn note(&self, method: &'static str, time: &Time) {
        let (Some(used), Some(reset)) = (time.operating, until_reset(time)) else { return };
        let mut meters = lock(&self.0.meters);
        let meter = meters.entry(method).or_default();
        (meter.used, meter.reset, meter.unsure) = (used, Some(Instant::now() + reset), false);
        meter.cost = time.processing.or(time.duration).unwrap_or(meter.cost);
    }

    /// Whether `method` is known to be blocked beyond `moment`.
    pub(crate) fn is_blocked_at(&self, method: &'static str, moment: Instant) -> bool {
        let full = lock(&self.0.meters).entry(method).or_default().room(1, Instant::now());
        matches!(full, Err(Full::Until(reset)) if reset > moment)
    }
}

/// Calls that the limits count as on their way.
#[derive(Debug)]
pub(crate) struct Admitted {
    limits: Limits,
    methods: Box<[&'static str]>,
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut meters = lock(&self.limits.0.meters);
        for method in &self.methods {
            if let Some(meter) = meters.get_mut(method) {
                meter.in_flight -= 1;
                // It was not refused.
                meter.unsure &= meter.reset.is_some();
            }
        }
        drop(meters);
        self.limits.0.room.notify_waiters();
    }
}

/// Why a method may not be called now.
enum Full {
    /// Its budget is used up until then.
    Until(Instant),
    /// Those on their way may use it up.
    InFlight,
}

impl Meter {
    fn room(&mut self, calls: usize, now: Instant) -> Result<(), Full> {
        if self.reset.is_some_and(|reset| reset <= now) {
            self.unsure = self.used + self.cost >= BUDGET;
            (self.used, self.reset) = (0.0, None);
        }
        #[expect(clippy::cast_precision_loss, reason = "calls of one client")]
        let expected = self.used + (f64::from(self.in_flight) + calls as f64) * self.cost;
        match self.reset {
            Some(reset) if self.used + self.cost >= BUDGET => Err(Full::Until(reset)),
            // A batch that goes alone may be cut short: it goes again.
            _ if self.in_flight > 0 && (self.unsure || expected >= BUDGET) => Err(Full::InFlight),
            _ => Ok(()),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::standard()
    }
}

/// The operating time of a method is used up for longer than the call may take.
#[derive(Debug)]
pub(crate) struct UsedUp;

impl Bucket {
    /// Counts a request at `now`, or says how long to wait.
    fn take(&mut self, now: Instant) -> Option<Duration> {
        if self.drain.is_infinite() {
            return None;
        }
        let passed = self.at.map_or(0.0, |at| now.saturating_duration_since(at).as_secs_f64());
        self.level = (self.level - passed * self.drain).max(0.0);
        self.at = Some(now);
        let over = self.level + 1.0 - self.threshold;
        // Below a nanosecond's worth there is nothing to wait for.
        if over * 1e9 <= self.drain {
            self.level += 1.0;
            return None;
        }
        Some(Duration::try_from_secs_f64(over / self.drain).unwrap_or(Duration::MAX))
    }
}

/// Time until a part of the budget comes back, by the portal's own clock.
fn until_reset(time: &Time) -> Option<Duration> {
    #[expect(clippy::cast_precision_loss, reason = "Unix seconds fit a double for millions of years")]
    let reset = time.operating_reset_at?.0 as f64;
    let wait = reset - time.finish?;
    Duration::try_from_secs_f64(wait.clamp(0.0, 600.0)).ok()
}

/// Counters stay usable after a panic elsewhere: each change leaves them whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Object;

    fn far() -> Instant {
        Instant::now() + Duration::from_secs(1 << 20)
    }

    fn time(json: &str) -> Time {
        crate::wire::from_slice(json.as_bytes()).unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_the_rate_holds() {
        let limits = Limits::standard();
        let start = Instant::now();
        for _ in 0..49 {
            limits.admit(&["a"], far()).await.unwrap();
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        for _ in 0..20 {
            limits.admit(&["a"], far()).await.unwrap();
        }
        assert_eq!(start.elapsed().as_millis(), 10_000);
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_gives_up_takes_nothing() {
        let limits = Limits::new(2, 1.0);
        limits.admit(&["a"], far()).await.unwrap();
        let start = Instant::now();
        for _ in 0..5 {
            let gave_up = tokio::time::timeout(Duration::from_millis(100), limits.admit(&["a"], far())).await;
            assert!(gave_up.is_err());
        }
        limits.admit(&["a"], far()).await.unwrap();
        assert_eq!(start.elapsed().as_millis(), 1_000);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refusal_fills_the_bucket() {
        let limits = Limits::standard();
        limits.refused();
        let start = Instant::now();
        limits.admit(&["a"], far()).await.unwrap();
        assert_eq!(start.elapsed().as_millis(), 500);
    }

    #[tokio::test(start_paused = true)]
    async fn a_method_without_budget_waits_and_others_do_not() {
        let limits = Limits::unlimited();
        let full = time(r#"{"operating":470,"processing":15,"operating_reset_at":1000300,"finish":1000000.5}"#);
        limits.note("heavy", &full);
        let start = Instant::now();
        limits.admit(&["light"], far()).await.unwrap();
        assert_eq!(start.elapsed(), Duration::ZERO);
        assert!(limits.admit(&["heavy"], start + Duration::from_secs(5)).await.is_err());
        limits.admit(&["heavy"], far()).await.unwrap();
        assert_eq!(start.elapsed().as_millis(), 299_500);
    }

    #[tokio::test(start_paused = true)]
    async fn calls_on_their_way_count_against_the_budget() {
        let limits = Limits::unlimited();
        let third = time(r#"{"operating":160,"processing":100,"operating_reset_at":1000300,"finish":1000000}"#);
        limits.note("heavy", &third);
        let start = Instant::now();
        let mut on_their_way = Vec::new();
        for _ in 0..3 {
            on_their_way.push(limits.admit(&["heavy"], far()).await.unwrap());
        }
        let soon = Duration::from_secs(1);
        assert!(tokio::time::timeout(soon, limits.admit(&["heavy"], far())).await.is_err());
        assert!(tokio::time::timeout(soon, limits.admit(&["light"; 50], far())).await.is_ok());
        // One comes back and took less than was feared.
        let (waiting, ()) = tokio::join!(limits.admit(&["heavy"], far()), async {
            limits.note(
                "heavy",
                &time(r#"{"operating":170,"processing":10,"operating_reset_at":1000300,"finish":1000000}"#),
            );
            on_their_way.pop();
        });
        waiting.unwrap();
        assert!(start.elapsed() < Duration::from_secs(5));
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_block_one_call_goes_ahead() {
        let limits = Limits::unlimited();
        limits.block("heavy", None);
        let first = limits.admit(&["heavy"], far()).await.unwrap();
        let soon = Duration::from_secs(1);
        assert!(tokio::time::timeout(soon, limits.admit(&["heavy"], far())).await.is_err());
        drop(first);
        let both = tokio::join!(limits.admit(&["heavy"], far()), limits.admit(&["heavy"], far()));
        assert!(both.0.is_ok() && both.1.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_method_waits_even_if_nothing_says_how_long() {
        let limits = Limits::unlimited();
        limits.block("heavy", Some(&Time::blank()));
        let start = Instant::now();
        limits.admit(&["heavy"], far()).await.unwrap();
        assert_eq!(start.elapsed(), BLOCKED);
    }
}
