//! The model: boosted trees in a text file, read once and summed up for each line.

use std::str::FromStr;

use super::names::{NAMES, Row};

/// First word of a model file, and its version.
const MAGIC: &str = "copydesk-line-model 1";

/// Gradient-boosted regression trees over the features of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    bias: f32,
    trees: Vec<Vec<Node>>,
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
    pub fn new(bias: f32, trees: Vec<Vec<Node>>) -> Self {
        Self { bias, trees }
    }

    /// Reads a model file; `None` for one of another version, other features, or damaged.
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let is_known = lines.next()? == MAGIC && lines.next()?.split(' ').eq(NAMES);
        let bias = lines.next()?.parse().ok().filter(|_| is_known)?;
        let trees = lines.map(parse_tree).collect::<Option<Vec<_>>>()?;
        Some(Self { bias, trees })
    }

    /// The model file's text.
    pub fn to_text(&self) -> String {
        let node = |node: &Node| match node.feature {
            Some(feature) => format!("{feature}:{}:{}", node.value, node.left),
            None => node.value.to_string(),
        };
        let tree = |tree: &Vec<Node>| tree.iter().map(node).collect::<Vec<_>>().join(" ");
        let trees: Vec<String> = self.trees.iter().map(tree).collect();
        format!("{MAGIC}\n{}\n{}\n{}\n", NAMES.join(" "), self.bias, trees.join("\n"))
    }

    /// How likely the line is residue, between 0 and 1.
    pub fn score(&self, row: &Row) -> f64 {
        let leaves = self.trees.iter().map(|tree| {
            let mut node = tree[0];
            while let Some(feature) = node.feature {
                let goes_right = row[usize::from(feature)] > node.value;
                node = tree[usize::from(node.left) + usize::from(goes_right)];
            }
            f64::from(node.value)
        });
        let sum: f64 = f64::from(self.bias) + leaves.sum::<f64>();
        1.0 / (1.0 + (-sum).exp())
    }

    /// What each feature added to the score, in log odds: along each path, how far the mean of the leaves below moved.
    pub fn contributions(&self, row: &Row) -> [f32; NAMES.len()] {
        let mut added = [0.0; NAMES.len()];
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

fn parse_tree(line: &str) -> Option<Vec<Node>> {
    let nodes: Vec<Node> = line.split(' ').map(parse_node).collect::<Option<_>>()?;
    // Children behind their parents: a walk ends.
    let is_sound = |(at, node): (usize, &Node)| {
        let left = usize::from(node.left);
        node.feature.is_none_or(|feature| {
            usize::from(feature) < NAMES.len() && left > at && left + 1 < nodes.len()
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
        Model::new(-0.5, vec![vec![root, leaf(1.5), leaf(-2.0)]])
    }

    #[test]
    fn a_model_reads_what_it_wrote() {
        assert_eq!(Model::parse(&stump().to_text()), Some(stump()));
    }

    #[test]
    fn damaged_models_are_refused() {
        let text = stump().to_text();
        for (from, to) in [
            ("model 1", "model 2"),
            ("chars words", "words chars"),
            ("0:20.5:1", "0:20.5:0"),
            ("0:20.5:1", "0:20.5:2"),
            ("1.5", "NaN"),
        ] {
            assert_eq!(Model::parse(&text.replacen(from, to, 1)), None, "{to}");
        }
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
