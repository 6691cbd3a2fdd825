//! Any text is a configuration, or refused with a message that says where; what is accepted comes back from TOML as it was.

use copydesk::Config;

pub(crate) fn holds(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Config::parse("fuzz.toml", text) {
        Ok(config) => {
            config.validate().expect("it was checked when it was parsed");
            let written = toml::to_string(&config).expect("a configuration is a table");
            let again = Config::parse("again.toml", &written);
            assert_eq!(again.map_err(|why| why.to_string()), Ok(config), "{written}");
        }
        Err(why) => {
            let message = why.to_string();
            assert!(has_place(&message, text), "{message}");
        }
    }
}

/// Whether a message begins with file, line and column, and the line is one of the text's.
fn has_place(message: &str, text: &str) -> bool {
    let Some(rest) = message.strip_prefix("fuzz.toml:") else { return false };
    let mut numbers = rest.splitn(3, ':').map(str::parse::<usize>);
    let lines = text.matches('\n').count() + 1;
    match (numbers.next(), numbers.next()) {
        (Some(Ok(line)), Some(Ok(column))) => (1..=lines).contains(&line) && column >= 1,
        _ => false,
    }
}
