//! Days and moments.
//!
//! The server writes them in several ways (`2026-06-15T10:00:00+03:00`, `…Z`, `2026-06-15 10:00:00`, `15.06.2026`, Unix
//! seconds). The types here keep the text as it came, so that it goes back unchanged, and read it when asked.

use std::fmt;

use jiff::{
    ZonedDateTime, civil,
    tz::{Offset, TimeZone},
};

use super::scalar::odd;
use crate::{
    Any,
    wire::{Frag, Slot, Then, Tok, Wanted},
};

/// What a text says of a moment.
struct Parts {
    at: civil::DateTime,
    offset: Option<Offset>,
}

/// Reads the forms whose meaning does not depend on the portal's settings.
fn parse(text: &str) -> Option<Parts> {
    let text = text.trim();
    if let Some(seconds) = unix_seconds(text) {
        let moment = jiff::Timestamp::from_second(seconds).ok()?;
        return Some(Parts { at: Offset::UTC.to_datetime(moment), offset: Some(Offset::UTC) });
    }
    let (day, rest) = match text.find([' ', 'T', 't']) {
        Some(at) => (&text[..at], text[at + 1..].trim_start()),
        None => (text, ""),
    };
    let day = parse_day(day)?;
    if rest.is_empty() {
        return Some(Parts { at: day.at(0, 0, 0, 0), offset: None });
    }
    let clock = rest.find(['+', '-', 'Z', 'z', ' ']).unwrap_or(rest.len());
    let (clock, zone) = (&rest[..clock], rest[clock..].trim());
    let time = parse_clock(clock)?;
    let offset = if zone.is_empty() { None } else { Some(parse_offset(zone)?) };
    Some(Parts { at: day.to_datetime(time), offset })
}

/// Unix seconds, from 1973 on: fewer digits may be a year or a day.
fn unix_seconds(text: &str) -> Option<i64> {
    if text.len() < 9 { None } else { number(text) }
}

fn number<T: std::str::FromStr>(digits: &str) -> Option<T> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// `2026-06-15`, `15.06.2026`
fn parse_day(text: &str) -> Option<civil::Date> {
    let (year, month, day) = if let Some((year, rest)) = text.split_once('-') {
        let (month, day) = rest.split_once('-')?;
        (year, month, day)
    } else {
        let (day, rest) = text.split_once('.')?;
        let (month, year) = rest.split_once('.')?;
        (year, month, day)
    };
    civil::Date::new(number(year).filter(|_| year.len() == 4)?, number(month)?, number(day)?).ok()
}

/// `10:00`, `10:00:00`, `10:00:00.123`
fn parse_clock(text: &str) -> Option<civil::Time> {
    let mut parts = text.splitn(3, ':');
    let (hour, minute) = (number(parts.next()?)?, number(parts.next()?)?);
    let (second, fraction) = match parts.next() {
        Some(second) => second.split_once('.').unwrap_or((second, "0")),
        None => ("0", "0"),
    };
    let nanosecond: i32 = format!("{fraction:0<9}").get(..9).and_then(number)?;
    civil::Time::new(hour, minute, number(second)?, nanosecond).ok()
}

/// `Z`, `+03:00`, `+0300`, `+03`
fn parse_offset(text: &str) -> Option<Offset> {
    if text.eq_ignore_ascii_case("z") {
        return Some(Offset::UTC);
    }
    let (sign, digits) =
        if let Some(digits) = text.strip_prefix('-') { (-1, digits) } else { (1, text.strip_prefix('+')?) };
    let digits = digits.replacen(':', "", 1);
    let (hours, minutes): (i32, i32) = match digits.len() {
        1 | 2 => (number(&digits)?, 0),
        4 => (number(&digits[..2])?, number(&digits[2..])?),
        _ => return None,
    };
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// The bytes of dates in figures.
const ALLOWED: [bool; 256] = {
    let mut allowed = [false; 256];
    let bytes = b"0123456789 -/.:,+TZtzAaPpMm";
    let mut at = 0;
    while at < bytes.len() {
        allowed[bytes[at] as usize] = true;
        at += 1;
    }
    allowed
};

/// Whether a text may be a date, in whatever format a portal is set to.
fn is_date_like(text: &str) -> bool {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    match text.as_bytes().first() {
        Some(first) if first.is_ascii_digit() => {
            text.len() <= 40 && text.bytes().all(|byte| ALLOWED[usize::from(byte)])
        }
        _ => text.len() <= 60 && text.get(..3).is_some_and(|day| DAYS.contains(&day)),
    }
}

macro_rules! dated {
    ($(#[$doc:meta])* $ty:ident, $wanted:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $ty(String);

        impl $ty {
            /// As it travels.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Slot for $ty {
            fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted> {
                self.0 = match *tok {
                    Tok::Str(text) if is_date_like(text) => text.to_owned(),
                    Tok::Int(seconds) if seconds >= 100_000_000 => seconds.to_string(),
                    // A moment as an object of PHP.
                    Tok::Map => return Ok(Then::Empty { wanted: Wanted($wanted), keep: true }),
                    ref tok => return odd(tok, Wanted($wanted)),
                };
                Ok(Then::Done)
            }

            fn frag(&self) -> Frag<'_> {
                unix_seconds(&self.0).map_or(Frag::Str(&self.0), Frag::Int)
            }

            fn blank() -> Self {
                $ty(String::new())
            }

            fn absent(tok: &Tok<'_>) -> bool {
                tok.is_nothing() || tok.is_container() || matches!(tok, Tok::Int(0))
            }

            fn takes(tok: &Tok<'_>) -> bool {
                matches!(tok, Tok::Str(text) if is_date_like(text))
            }
        }

        impl fmt::Debug for $ty {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, out)
            }
        }

        impl fmt::Display for $ty {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, out)
            }
        }

        /// The text is sent as it is: the server also knows forms that are not read here.
        impl From<&str> for $ty {
            fn from(text: &str) -> Self {
                $ty(text.to_owned())
            }
        }

        /// The text is sent as it is: the server also knows forms that are not read here.
        impl From<String> for $ty {
            fn from(text: String) -> Self {
                $ty(text)
            }
        }

        impl From<$ty> for Any {
            fn from(value: $ty) -> Self {
                value.0.into()
            }
        }

        $crate::__serde!($ty);
    };
}

dated! {
    /// A calendar day.
    ///
    /// ```
    /// use bitrix24_runtime::{Date, jiff::civil::date};
    ///
    /// assert_eq!(Date::from("15.06.2026").civil(), Some(date(2026, 6, 15)));
    /// assert_eq!(Date::from(date(2026, 6, 15)).as_str(), "2026-06-15");
    /// ```
    Date, "a date"
}

impl Date {
    /// The day. `None` where the text depends on the portal's settings (`06/07/2026`) or names no day.
    pub fn civil(&self) -> Option<civil::Date> {
        parse(&self.0).map(|parts| parts.at.date())
    }
}

impl From<civil::Date> for Date {
    fn from(day: civil::Date) -> Self {
        Date(day.to_string())
    }
}

dated! {
    /// A moment.
    ///
    /// ```
    /// use bitrix24_runtime::DateTime;
    ///
    /// let moment = DateTime::from("2026-06-15T10:00:00+03:00");
    /// assert_eq!(moment.timestamp().unwrap().to_string(), "2026-06-15T07:00:00Z");
    /// assert_eq!(DateTime::from("15.06.2026 10:00:00").civil().unwrap().to_string(), "2026-06-15T10:00:00");
    /// ```
    DateTime, "a date with time"
}

impl DateTime {
    /// Day and time on the clock where it was written. `None` where the text depends on the portal's settings
    /// (`06/07/2026 01:00 pm`) or names no moment.
    pub fn civil(&self) -> Option<civil::DateTime> {
        parse(&self.0).map(|parts| parts.at)
    }

    /// The moment. `None` as for [`civil`](Self::civil), and where the text has no offset from UTC.
    pub fn timestamp(&self) -> Option<jiff::Timestamp> {
        let Parts { at, offset } = parse(&self.0)?;
        offset?.to_timestamp(at).ok()
    }

    /// The moment with its offset. `None` as for [`timestamp`](Self::timestamp).
    pub fn zoned(&self) -> Option<ZonedDateTime> {
        let Parts { at, offset } = parse(&self.0)?;
        at.to_zoned_datetime(TimeZone::fixed(offset?)).ok()
    }
}

impl From<jiff::Timestamp> for DateTime {
    fn from(moment: jiff::Timestamp) -> Self {
        DateTime::from(&moment.to_zoned_datetime(TimeZone::UTC))
    }
}

impl From<&ZonedDateTime> for DateTime {
    fn from(moment: &ZonedDateTime) -> Self {
        DateTime(moment.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
    }
}

impl From<ZonedDateTime> for DateTime {
    fn from(moment: ZonedDateTime) -> Self {
        DateTime::from(&moment)
    }
}

/// Without an offset: the server takes it as the time of its own zone.
impl From<civil::DateTime> for DateTime {
    fn from(moment: civil::DateTime) -> Self {
        DateTime(moment.strftime("%Y-%m-%dT%H:%M:%S").to_string())
    }
}

/// A moment in Unix seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The moment. `None` beyond the year 9999.
    pub fn to_jiff(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_second(self.0).ok()
    }
}

impl From<i64> for Timestamp {
    fn from(seconds: i64) -> Self {
        Timestamp(seconds)
    }
}

impl From<Timestamp> for Any {
    fn from(value: Timestamp) -> Self {
        value.0.into()
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(moment: jiff::Timestamp) -> Self {
        Timestamp(moment.as_second())
    }
}

impl Slot for Timestamp {
    fn put(&mut self, tok: &Tok<'_>) -> Result<Then<'_>, Wanted> {
        const WANTED: Wanted = Wanted("a moment in Unix seconds");
        match self.0.put(tok) {
            Ok(Then::Done) => Ok(Then::Done),
            _ => odd(tok, WANTED),
        }
    }

    fn frag(&self) -> Frag<'_> {
        Frag::Int(self.0)
    }

    fn blank() -> Self {
        Timestamp(0)
    }

    fn takes(tok: &Tok<'_>) -> bool {
        i64::takes(tok)
    }
}

crate::__serde!(Timestamp);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_names_the_same_moment() {
        for text in [
            "2026-06-15T10:00:00+03:00",
            "2026-06-15T07:00:00Z",
            "2026-06-15T07:00:00.000Z",
            "2026-06-15 10:00:00 +0300",
            "15.06.2026 10:00:00 +03",
            "1781506800",
        ] {
            assert_eq!(DateTime::from(text).timestamp().unwrap().as_second(), 1_781_506_800, "{text}");
        }
    }

    #[test]
    fn a_text_without_offset_is_a_clock_but_no_moment() {
        let moment = DateTime::from("2026-06-15 10:00");
        assert_eq!(moment.civil(), Some(civil::date(2026, 6, 15).at(10, 0, 0, 0)));
        assert_eq!(moment.timestamp(), None);
        assert_eq!(Date::from("2026-06-15T10:00:00+03:00").civil(), Some(civil::date(2026, 6, 15)));
    }

    #[test]
    fn what_depends_on_settings_or_is_no_day_is_not_guessed() {
        for text in ["06/07/2026 01:00:00 pm", "0000-00-00", "2026-13-01", "2026-06-15T25:00:00Z", "", "10:00", "2026"]
        {
            assert_eq!(DateTime::from(text).civil(), None, "{text}");
        }
    }

    #[test]
    fn texts_of_any_portal_are_kept_and_other_words_are_refused() {
        for text in ["06/07/2026 01:00:00 pm", "Wed Dec 09 2026 00:00:00", "0000-00-00 00:00:00", "10:30"] {
            assert!(is_date_like(text), "{text}");
        }
        for text in ["tomorrow", "UF_1", "12 apples", ""] {
            assert!(!is_date_like(text), "{text}");
        }
    }

    #[test]
    fn moments_of_the_date_crate_are_sent_in_the_servers_form() {
        let moment = jiff::Timestamp::from_second(1_781_506_800).unwrap();
        assert_eq!(DateTime::from(moment).as_str(), "2026-06-15T07:00:00+00:00");
        assert_eq!(
            DateTime::from("2026-06-15T10:00:00+03:00").zoned().map(DateTime::from),
            Some("2026-06-15T10:00:00+03:00".into())
        );
        assert_eq!(Timestamp::from(moment).to_jiff(), Some(moment));
    }
}
