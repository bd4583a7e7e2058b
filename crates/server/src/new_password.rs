//! What a new password must be like.
//!
//! Only new ones are judged. Whoever has another one already signs in with it as before.

use zxcvbn::{Score, zxcvbn};

use crate::passwords;

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    #[error("the password is shorter than 8 characters; choose a longer one")]
    TooShort,
    #[error("the password is longer than 1,024 bytes; choose a shorter one")]
    TooLong,
    #[error("the password consists of blanks only; choose another one")]
    Blank,
    #[error("the password is one of the first that a stranger would try; choose another one")]
    Common,
}

/// Judges a new password. `about` is what anybody may know of the person, such as the name.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn check(password: &str, about: &[&str]) -> Result<(), Unfit> {
    if password.len() > LONGEST_BYTES {
        return Err(Unfit::TooLong);
    }
    let password = passwords::composed(password);
    if password.chars().count() < SHORTEST {
        return Err(Unfit::TooShort);
    }
    if password.trim().is_empty() {
        return Err(Unfit::Blank);
    }
    let is_weak = |text: &str, known: &[&str]| zxcvbn(text, known).score() < LEAST_SCORE;
    if is_weak(&password, about) || without_words(&password, about).is_some_and(|rest| is_weak(&rest, &[])) {
        return Err(Unfit::Common);
    }
    Ok(())
}

/// What is left of a password without what anybody may know of the person; nothing where it holds none of it.
///
/// The estimate takes two such words for as good as two words of a language, which they are not.
fn without_words(password: &str, about: &[&str]) -> Option<String> {
    let password = password.to_lowercase();
    let rest = about
        .iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
        .filter(|word| word.chars().count() >= SHORTEST_WORD)
        .fold(password.clone(), |rest, word| rest.replace(&word.to_lowercase(), ""));
    (rest != password).then_some(rest)
}

/// In characters, as NIST SP 800-63B asks of passwords that people choose.
const SHORTEST: usize = 8;

/// Longer than any sentence that a person types. It bounds what is composed, judged and hashed.
const LONGEST_BYTES: usize = 1024;

/// In characters. What is shorter is in many passwords by chance.
const SHORTEST_WORD: usize = 3;

/// A million guesses in the order in which attackers try. Guesses over the network are bounded to fewer.
const LEAST_SCORE: Score = Score::Two;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_first_is_not_taken() {
        for password in
            ["12345678", "password1", "P@ssw0rd", "qwertyuiop", "aaaaaaaaaa", "iloveyou", "01.02.1990"]
        {
            assert_eq!(check(password, &[]), Err(Unfit::Common), "{password}");
        }
    }

    #[test]
    fn what_anybody_knows_of_the_person_is_not_taken() {
        let about = ["zebulon.quux@example.org", "Zebulon Quux"];
        for password in ["zebulon.quux", "Quux-Zebulon-1990", "Zebulon1", "zebulon.quux@example.org"] {
            assert_eq!(check(password, &about), Err(Unfit::Common), "{password}");
        }
        for password in ["zebulon.quux@example.org", "zebulon8#k2!f9x7$"] {
            assert_eq!(check(password, &["ada@example.com", "Ada Lovelace"]), Ok(()), "{password}");
        }
        assert_eq!(check("zebulon8#k2!f9x7$", &about), Ok(()), "enough is left without the name");
    }

    #[test]
    fn the_bounds_are_8_characters_and_1_kib() {
        assert_eq!(check("kR7#vQz", &[]), Err(Unfit::TooShort));
        assert_eq!(check("kR7#vQz!", &[]), Ok(()));
        assert_eq!(check("u\u{308}a\u{308}o\u{308}u\u{308}", &[]), Err(Unfit::TooShort), "four letters");
        let sentence = "correct horse battery staple ";
        assert_eq!(check(&sentence.repeat(40)[..1024], &[]), Ok(()));
        assert_eq!(check(&sentence.repeat(40)[..1025], &[]), Err(Unfit::TooLong));
        assert_eq!(check(&" \t\u{a0}\u{3000}".repeat(4), &[]), Err(Unfit::Blank));
    }

    #[test]
    fn a_few_words_are_enough() {
        for password in ["correct horse battery", "p\u{e4}ssword of his", "мост через реку"] {
            assert_eq!(check(password, &[]), Ok(()), "{password}");
        }
    }
}
