//! Five fields of cron, checked, and the same time in the language of systemd.

use std::str::FromStr;

/// Names and ranges of the fields.
const FIELDS: [(&str, u32, u32); 5] = [
    ("minute", 0, 59),
    ("hour", 0, 23),
    ("day of month", 1, 31),
    ("month", 1, 12),
    ("day of week", 0, 7),
];

const WEEKDAYS: [&str; 8] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// When a job runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Schedule {
    fields: [String; 5],
}

impl FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fields: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
        let Ok(fields): Result<[String; 5], _> = fields.try_into() else {
            return Err("five fields are wanted, such as `30 2 * * *`".into());
        };
        for (field, range) in fields.iter().zip(FIELDS) {
            for part in field.split(',') {
                Part::parse(part, range)?;
            }
        }
        Ok(Self { fields })
    }
}

/// `*`, `7`, `1-5`, each with a step perhaps.
struct Part {
    range: Option<(u32, u32)>,
    step: Option<u32>,
}

impl Part {
    fn parse(part: &str, (name, least, most): (&str, u32, u32)) -> Result<Self, String> {
        let wrong = || {
            format!(
                "no {name}: `{part}`; it is a number from {least} to {most}, `a-b`, `a,b`, `*` or `*/n`"
            )
        };
        let number = |text: &str| text.parse::<u32>().map_err(|_| wrong());
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(number(step)?)),
            None => (part, None),
        };
        let range = match range.split_once('-') {
            _ if range == "*" => None,
            Some((from, to)) => Some((number(from)?, number(to)?)),
            None => Some((number(range)?, number(range)?)),
        };
        let is_within = range.is_none_or(|(from, to)| least <= from && from <= to && to <= most);
        // A step from a single number means other things in other crons.
        let is_clear = step.is_none_or(|step| step > 0 && range.is_none_or(|(from, to)| from < to));
        if is_within && is_clear { Ok(Self { range, step }) } else { Err(wrong()) }
    }
}

impl Schedule {
    /// The five fields.
    pub(super) fn cron(&self) -> String {
        self.fields.join(" ")
    }

    /// The same as `OnCalendar=` has it; an error where cron means "or" and systemd could only say "and".
    pub(super) fn calendar(&self) -> Result<String, String> {
        let [_, _, day, _, weekday] = &self.fields;
        if day != "*" && weekday != "*" {
            return Err(
                "systemd cannot say `day of month or day of week`; leave one of them `*`".into()
            );
        }
        let part = |index: usize| calendar_field(&self.fields[index], FIELDS[index]);
        let weekdays = match weekday.as_str() {
            "*" => String::new(),
            _ => format!("{} ", weekdays(weekday)),
        };
        Ok(format!("{weekdays}*-{}-{} {}:{}:00", part(3), part(2), part(1), part(0)))
    }
}

fn calendar_field(field: &str, range: (&str, u32, u32)) -> String {
    let part = |part: &str| {
        let Ok(Part { range: within, step }) = Part::parse(part, range) else {
            return part.to_owned();
        };
        match (within, step) {
            (None, None) => "*".to_owned(),
            (None, Some(step)) => format!("{:02}/{step}", range.1),
            (Some((from, to)), None) if from == to => format!("{from:02}"),
            (Some((from, to)), None) => format!("{from:02}..{to:02}"),
            (Some((from, to)), Some(step)) => format!("{from:02}..{to:02}/{step}"),
        }
    };
    field.split(',').map(part).collect::<Vec<_>>().join(",")
}

/// Days of the week, each by name: systemd has no steps among them.
fn weekdays(field: &str) -> String {
    let mut days = Vec::new();
    for part in field.split(',') {
        let Ok(Part { range, step }) = Part::parse(part, FIELDS[4]) else { continue };
        let (from, to) = range.unwrap_or((0, 6));
        for day in (from..=to).step_by(step.unwrap_or(1) as usize) {
            let name = WEEKDAYS[day as usize];
            if !days.contains(&name) {
                days.push(name);
            }
        }
    }
    days.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cron_becomes_a_calendar_or_says_what_is_wrong() {
        let table = [
            ("30 2 * * *", "*-*-* 02:30:00"),
            ("*/15 * * * *", "*-*-* *:00/15:00"),
            ("0 1-5 1,15 * *", "*-*-01,15 01..05:00:00"),
            ("0 0-12/4 * 6 *", "*-06-* 00..12/4:00:00"),
            ("5 4 * * 1-5", "Mon,Tue,Wed,Thu,Fri *-*-* 04:05:00"),
            ("5 4 * * 0,7", "Sun *-*-* 04:05:00"),
            ("0 0 1 * 1", "!systemd cannot"),
            ("60 2 * * *", "!no minute: `60`"),
            ("0 2 0 * *", "!no day of month: `0`"),
            ("0 2 * * mon", "!no day of week: `mon`"),
            ("0 5-2 * * *", "!no hour: `5-2`"),
            ("5/10 * * * *", "!no minute"),
            ("*/0 * * * *", "!no minute"),
            ("@daily", "!five fields"),
            ("0 0 * * * $(x)", "!five fields"),
        ];
        for (cron, expected) in table {
            let calendar = cron.parse::<Schedule>().and_then(|schedule| schedule.calendar());
            match expected.strip_prefix('!') {
                None => assert_eq!(calendar.as_deref(), Ok(expected), "{cron}"),
                Some(part) => {
                    let why = calendar.expect_err(cron);
                    assert!(why.starts_with(part), "{cron}: {why}");
                }
            }
        }
    }
}
