//! Permissions that published files must not have, as octal digits: `"077"`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A file mode creation mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Umask(pub u32);

impl FromStr for Umask {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("`{text}` is no mask of permissions; write octal digits, such as \"077\"");
        let is_octal = !text.is_empty() && text.bytes().all(|digit| (b'0'..=b'7').contains(&digit));
        let mask = u32::from_str_radix(text, 8).ok().filter(|mask| is_octal && *mask <= 0o777);
        let mask = mask.ok_or_else(wrong)?;
        if mask & 0o700 != 0 {
            return Err(format!(
                "`{text}` would shut out the run itself; the first digit must be 0"
            ));
        }
        Ok(Self(mask))
    }
}

impl fmt::Display for Umask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03o}", self.0)
    }
}

impl Serialize for Umask {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Umask {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_is_octal_and_leaves_the_run_its_own_files() {
        for (text, expected) in [
            ("077", Some(0o077)),
            ("0", Some(0)),
            ("027", Some(0o027)),
            ("0022", Some(0o022)),
            ("777", None),
            ("100", None),
            ("08", None),
            ("+77", None),
            ("", None),
            ("0o77", None),
        ] {
            assert_eq!(text.parse::<Umask>().ok().map(|mask| mask.0), expected, "{text}");
        }
        assert_eq!(Umask(0o027).to_string(), "027");
    }
}
