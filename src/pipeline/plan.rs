//! The passes that a list of stages asks for.

use super::statistics::families;
use crate::config::Config;
use crate::error::Error;
use crate::stage::{AnyStage, CorpusStage, Stage};

/// The stages of a run, cut into passes over the documents.
pub struct Plan {
    /// At least one; the first reads the input, the last writes the output.
    pub passes: Vec<Pass>,
}

/// One pass: the verdicts of the corpus stage that ended the pass before, document stages, a corpus stage's questions.
#[derive(Default)]
pub struct Pass {
    /// Corpus stage whose verdicts are carried out first.
    pub begins: Option<usize>,
    /// Document stages, in order.
    pub stages: Vec<Box<dyn Stage>>,
    /// Corpus stage that observes the documents at the end.
    pub ends: Option<usize>,
    /// Whether the text of documents that are rejected or dropped is counted before it goes.
    pub counts_dropped: bool,
}

/// A plan and the corpus stages that its passes refer to by number.
pub struct Planned {
    /// The passes.
    pub plan: Plan,
    /// The corpus stages, in order.
    pub corpus_stages: Vec<Box<dyn CorpusStage>>,
}

impl Planned {
    /// Cuts the stages into passes: each corpus stage ends one and begins the next.
    pub fn from_stages(stages: Vec<AnyStage>) -> Self {
        let mut corpus_stages: Vec<Box<dyn CorpusStage>> = Vec::new();
        let mut passes = vec![Pass::default()];
        for stage in stages {
            let last = passes.last_mut().expect("there is at least one pass");
            match stage {
                AnyStage::Document(stage) => last.stages.push(stage),
                AnyStage::Corpus(stage) => {
                    let number = corpus_stages.len();
                    last.ends = Some(number);
                    corpus_stages.push(stage);
                    passes.push(Pass { begins: Some(number), ..Pass::default() });
                }
            }
        }
        Self { plan: Plan { passes }, corpus_stages }
    }

    /// The same for a whole run, in which what is dropped may be counted before it goes.
    ///
    /// # Errors
    ///
    /// If the options of `stats` are wrong.
    pub(super) fn of_run(config: &Config, stages: Vec<AnyStage>) -> Result<Self, Error> {
        let mut planned = Self::from_stages(stages);
        let counts_dropped = families(config)?.is_some_and(|families| families.dropped);
        planned.plan.passes.iter_mut().for_each(|pass| pass.counts_dropped = counts_dropped);
        Ok(planned)
    }

    /// What each pass does, one line a pass.
    pub fn describe(&self) -> Vec<String> {
        let last = self.plan.passes.len() - 1;
        let describe = |(number, pass): (usize, &Pass)| {
            let mut steps = Vec::new();
            match pass.begins {
                None => steps.push("read and decode".to_owned()),
                Some(stage) => {
                    steps.push(format!("cut by {}", self.corpus_stages[stage].name()));
                }
            }
            steps.extend(pass.stages.iter().map(|stage| stage.name().to_owned()));
            if let Some(stage) = pass.ends {
                steps.push(format!("observe for {}", self.corpus_stages[stage].name()));
            }
            if number == last {
                steps.push("write".to_owned());
            }
            format!("pass {}: {}", number + 1, steps.join(", "))
        };
        self.plan.passes.iter().enumerate().map(describe).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage;

    #[test]
    fn a_corpus_stage_breaks_the_pipeline() {
        let options = stage::Options::default();
        let build = |names: &[&str]| {
            let stages = names.iter().map(|name| stage::build(name, &options).unwrap()).collect();
            Planned::from_stages(stages).describe()
        };
        assert_eq!(build(&["boilerplate"]), ["pass 1: read and decode, boilerplate, write"]);
        assert_eq!(
            build(&["boilerplate", "exact-dedup", "near-dedup", "stats"]),
            [
                "pass 1: read and decode, boilerplate, observe for exact-dedup",
                "pass 2: cut by exact-dedup, observe for near-dedup",
                "pass 3: cut by near-dedup, stats, write",
            ]
        );
        assert_eq!(build(&[]), ["pass 1: read and decode, write"]);
    }
}
