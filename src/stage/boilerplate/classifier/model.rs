//! A model: boosted trees in a text file, read once and summed up for each line, or for each place between two lines.

use std::str::FromStr;

use super::names::{END_NAMES, NAMES};

/// What a model judges: the first line of its file with its version, and the names of its features in their order.
#[derive(Debug, PartialEq)]
pub struct Kind {
    magic: &'static str,
    /// The features' names; the model file repeats them, so that the two cannot drift apart.
    pub names: &'static [&'static str],
}

/// Models that say how likely a line is residue.
pub static LINES: Kind = Kind { magic: "copydesk-line-model 1", names: &NAMES };
/// Models that say how likely the article ends before a line.
pub static ENDS: Kind = Kind { magic: "copydesk-end-model 1", names: &END_NAMES };

/// Gradient-boosted regression trees over the features that its kind names.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    kind: &'static Kind,
    bias: f32,
    trees: Vec<Vec<Node>>,
    walks: Vec<Walk>,
}

/// A node of a tree: a question about one feature, or a leaf.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    /// The feature's index; a leaf has none.
    pub feature: Option<u16>,
    /// The largest value that goes to the left; in a leaf what it adds, in log odds.
    pub value: f32,
    /// Index of the left child; the right one stands behind it. 0 in a leaf.
    pub left: u16,
}

impl Model {
    /// Puts a model together; children must stand behind their parents.
    pub fn new(kind: &'static Kind, bias: f32, trees: Vec<Vec<Node>>) -> Self {
        let walks = trees.iter().map(|tree| Walk::of(tree)).collect();
        Self { kind, bias, trees, walks }
    }

    /// Reads a model file; `None` for one of another kind or version, other features, or damaged.
    pub fn parse(kind: &'static Kind, text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let is_known =
            lines.next()? == kind.magic && lines.next()?.split(' ').eq(kind.names.iter().copied());
        let bias = lines.next()?.parse().ok().filter(|_| is_known)?;
        let features = kind.names.len();
        let trees = lines.map(|line| parse_tree(line, features)).collect::<Option<Vec<_>>>()?;
        Some(Self::new(kind, bias, trees))
    }

    /// The model file's text.
    pub fn to_text(&self) -> String {
        let node = |node: &Node| match node.feature {
            Some(feature) => format!("{feature}:{}:{}", node.value, node.left),
            None => node.value.to_string(),
        };
        let tree = |tree: &Vec<Node>| tree.iter().map(node).collect::<Vec<_>>().join(" ");
        let trees: Vec<String> = self.trees.iter().map(tree).collect();
        let Kind { magic, names } = self.kind;
        format!("{magic}\n{}\n{}\n{}\n", names.join(" "), self.bias, trees.join("\n"))
    }

    /// What the trees say of each row of features: log odds.
    pub fn sums<const N: usize>(&self, rows: &[[f32; N]]) -> Vec<f64> {
        let mut sums = vec![0.0; rows.len()];
        // Tree by tree: one tree fits into the fastest cache, all do not.
        for walk in &self.walks {
            for (sum, row) in sums.iter_mut().zip(rows) {
                *sum += walk.leaf(row);
            }
        }
        sums.iter_mut().for_each(|sum| *sum += f64::from(self.bias));
        sums
    }

    /// How likely what the row tells of is residue, between 0 and 1.
    pub fn score<const N: usize>(&self, row: &[f32; N]) -> f64 {
        probability(self.sums(std::slice::from_ref(row))[0])
    }

    /// What each feature added to the score, in log odds: along each path, how far the mean of the leaves below moved.
    pub fn contributions(&self, row: &[f32]) -> Vec<f32> {
        let mut added = vec![0.0; row.len()];
        for tree in &self.trees {
            let mut means: Vec<f32> = tree.iter().map(|node| node.value).collect();
            for at in (0..tree.len()).rev().filter(|at| tree[*at].feature.is_some()) {
                let left = usize::from(tree[at].left);
                means[at] = (means[left] + means[left + 1]) / 2.0;
            }
            let mut at = 0;
            while let Some(feature) = tree[at].feature {
                let goes_right = row[usize::from(feature)] > tree[at].value;
                let next = usize::from(tree[at].left) + usize::from(goes_right);
                added[usize::from(feature)] += means[next] - means[at];
                at = next;
            }
        }
        added
    }
}

/// The probability with these log odds.
pub(super) fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// A tree laid out so that every walk has as many steps, and none of them is a branch: a processor that guesses wrong at half
/// of a tree's questions spends most of its time on that. Leaves ask a question that leads back to them.
#[derive(Clone, Debug, PartialEq)]
struct Walk {
    steps: usize,
    questions: Vec<Question>,
    /// What each node adds; 0 where it is no leaf.
    values: Vec<f32>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Question {
    value: f32,
    feature: u16,
    left: u16,
}

impl Walk {
    fn of(tree: &[Node]) -> Self {
        let mut depths = vec![0; tree.len()];
        let question = |(at, node): (usize, &Node)| match node.feature {
            Some(feature) => {
                let left = usize::from(node.left);
                depths[left] = depths[at] + 1;
                depths[left + 1] = depths[at] + 1;
                Question { value: node.value, feature, left: node.left }
            }
            None => Question { value: f32::INFINITY, feature: 0, left: at as u16 },
        };
        let questions = tree.iter().enumerate().map(question).collect();
        let value = |node: &Node| if node.feature.is_none() { node.value } else { 0.0 };
        let steps = depths.into_iter().max().unwrap_or_default();
        Self { steps, questions, values: tree.iter().map(value).collect() }
    }

    /// What the tree adds for a row.
    fn leaf<const N: usize>(&self, row: &[f32; N]) -> f64 {
        let mut at = 0;
        for _ in 0..self.steps {
            let Question { value, feature, left } = self.questions[at];
            at = usize::from(left) + usize::from(row[usize::from(feature)] > value);
        }
        f64::from(self.values[at])
    }
}

fn parse_tree(line: &str, features: usize) -> Option<Vec<Node>> {
    let nodes: Vec<Node> = line.split(' ').map(parse_node).collect::<Option<_>>()?;
    // Children behind their parents: a walk ends.
    let is_sound = |(at, node): (usize, &Node)| {
        let left = usize::from(node.left);
        node.feature.is_none_or(|feature| {
            usize::from(feature) < features && left > at && left + 1 < nodes.len()
        })
    };
    nodes.iter().enumerate().all(is_sound).then_some(nodes)
}

fn parse_node(text: &str) -> Option<Node> {
    let mut parts = text.split(':');
    let first = parts.next()?;
    let number = |text: &str| f32::from_str(text).ok().filter(|value| value.is_finite());
    match (parts.next(), parts.next(), parts.next()) {
        (None, None, None) => Some(Node { feature: None, value: number(first)?, left: 0 }),
        (Some(value), Some(left), None) => Some(Node {
            feature: Some(first.parse().ok()?),
            value: number(value)?,
            left: left.parse().ok()?,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stump() -> Model {
        let leaf = |value| Node { feature: None, value, left: 0 };
        let root = Node { feature: Some(0), value: 20.5, left: 1 };
        Model::new(&LINES, -0.5, vec![vec![root, leaf(1.5), leaf(-2.0)]])
    }

    #[test]
    fn a_model_reads_what_it_wrote() {
        assert_eq!(Model::parse(&LINES, &stump().to_text()), Some(stump()));
    }

    #[test]
    fn damaged_models_are_refused() {
        let text = stump().to_text();
        for (from, to) in [
            ("model 1", "model 2"),
            ("line-model", "end-model"),
            ("chars words", "words chars"),
            ("0:20.5:1", "0:20.5:0"),
            ("0:20.5:1", "0:20.5:2"),
            ("1.5", "NaN"),
        ] {
            assert_eq!(Model::parse(&LINES, &text.replacen(from, to, 1)), None, "{to}");
        }
    }

    #[test]
    fn a_walk_ends_at_the_leaf_that_the_questions_lead_to() {
        let leaf = |value| Node { feature: None, value, left: 0 };
        let ask = |feature, value, left| Node { feature: Some(feature), value, left };
        // One leaf near the root, two below.
        let tree = vec![ask(0, 10.0, 1), leaf(1.0), ask(1, 5.0, 3), leaf(2.0), leaf(4.0)];
        let model = Model::new(&LINES, 0.5, vec![tree.clone(), vec![leaf(0.25)], tree]);
        let row = |first, second| {
            let mut row = [0.0; NAMES.len()];
            (row[0], row[1]) = (first, second);
            row
        };
        let rows = [row(10.0, 9.0), row(11.0, 5.0), row(11.0, 5.5)];
        assert_eq!(model.sums(&rows), [2.75, 4.75, 8.75]);
    }

    #[test]
    fn short_lines_go_left_and_contributions_say_so() {
        let mut row = [0.0; NAMES.len()];
        row[0] = 20.0;
        assert!((stump().score(&row) - 0.731).abs() < 0.001);
        assert_eq!(stump().contributions(&row)[0], 1.75);
        row[0] = 21.0;
        assert!(stump().score(&row) < 0.1);
    }
}
