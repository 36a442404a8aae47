//! Set phrases, looked for anywhere in a text.

/// Phrases of which a sentence may hold one, in lower case.
#[derive(Clone, Copy, Debug)]
pub struct Phrases {
    list: &'static [&'static str],
    /// What their first letters are told by, and their second ones.
    letters: [Letters; 2],
}

impl Phrases {
    pub(super) const fn of(list: &'static [&'static str]) -> Phrases {
        Phrases { list, letters: [Letters::of(list, 0), Letters::of(list, 1)] }
    }

    /// The phrases.
    pub fn list(&self) -> &'static [&'static str] {
        self.list
    }

    /// Whether `text`, in any case, holds one of the phrases.
    pub fn are_in(&self, text: &str) -> bool {
        self.find(text).is_some()
    }

    /// The byte behind the first phrase that `text`, in any case, holds.
    pub fn find(&self, text: &str) -> Option<usize> {
        // Most texts hold none: one look at each letter has to do, and at the one behind it where the first may be right.
        let bytes = text.as_bytes();
        let [first, second] = &self.letters;
        let mut at = 0;
        while at < bytes.len() {
            let next = at + width(bytes[at]);
            if first.has(second_byte(bytes, at)) && second.has(second_byte(bytes, next)) {
                let rests = self.list.iter().filter_map(|phrase| after(&text[at..], phrase));
                if let Some(end) = rests.map(|rest| text.len() - rest.len()).min() {
                    return Some(end);
                }
            }
            at = next;
        }
        None
    }
}

/// What tells a letter of some phrases, in either case, from most others: its [`second_byte`].
#[derive(Clone, Copy, Debug)]
struct Letters([u64; 4]);

impl Letters {
    const fn of(phrases: &[&str], nth: usize) -> Letters {
        let mut letters = Letters([0; 4]);
        let mut index = 0;
        while index < phrases.len() {
            let bytes = phrases[index].as_bytes();
            let mut at = 0;
            let mut passed = 0;
            while passed < nth && at < bytes.len() {
                at += width(bytes[at]);
                passed += 1;
            }
            if at >= bytes.len() {
                // A shorter phrase may stand before any letter.
                return Letters([!0; 4]);
            }
            let byte = second_byte(bytes, at);
            letters = letters.with(byte).with(match (bytes[at], byte) {
                (b'a'..=b'z', _) | (0xd0, 0xb0..=0xbf) => byte - 0x20,
                (0xd1, 0x80..=0x8f) => byte + 0x20,
                // `ё`
                (0xd1, 0x91) => 0x81,
                _ => byte,
            });
            index += 1;
        }
        letters
    }

    const fn with(mut self, byte: u8) -> Self {
        self.0[(byte >> 6) as usize] |= 1 << (byte & 63);
        self
    }

    fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] & 1 << (byte & 63) != 0
    }
}

/// The second byte of the letter that begins at `at`, the first one of ASCII's; 0 behind the end.
const fn second_byte(bytes: &[u8], at: usize) -> u8 {
    let at = if at < bytes.len() && bytes[at] >= 0x80 { at + 1 } else { at };
    if at < bytes.len() { bytes[at] } else { 0 }
}

/// How many bytes of UTF-8 the letter has that begins with `first`.
const fn width(first: u8) -> usize {
    match first {
        0..=0x7f => 1,
        0x80..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0.. => 4,
    }
}

/// What follows `phrase` at the beginning of `text`, whose case does not matter.
pub(super) fn after<'t>(text: &'t str, phrase: &str) -> Option<&'t str> {
    let mut rest = text.chars();
    for c in phrase.chars() {
        if rest.next().map(lower) != Some(c) {
            return None;
        }
    }
    Some(rest.as_str())
}

/// The letter in lower case, if it is one that phrases have.
fn lower(c: char) -> char {
    match c {
        'А'..='Я' => char::from_u32(u32::from(c) + 0x20).unwrap_or(c),
        'Ё' => 'ё',
        _ => c.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SOME: Phrases = Phrases::of(&["может быть `null`", "или null", "ёж", "ray", "«я»", "… и", "и", "null"]);

    proptest! {
        #[test]
        fn a_phrase_is_found_where_a_search_in_lower_case_finds_it(
            text in "([а-яА-ЯёЁa-zA-Z `.«»…😀]|null|NULL|или |Или |Ёж|…|«Я»){0,30}",
        ) {
            let lower = text.to_lowercase();
            let slow = SOME.list.iter().filter_map(|phrase| Some((lower.find(phrase)?, phrase.len()))).min();
            prop_assert_eq!(SOME.find(&text), slow.map(|(at, len)| at + len));
        }
    }

    #[test]
    fn a_letter_whose_lower_case_is_longer_does_not_move_the_end() {
        assert_eq!(SOME.find("İ Null x"), Some("İ Null".len()));
    }
}
