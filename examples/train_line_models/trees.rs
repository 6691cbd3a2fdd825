//! Gradient-boosted trees, grown leaf by leaf over binned features. Nothing is drawn at random.

use copydesk::stage::boilerplate::classifier::{Kind, Model, Node};
use xxhash_rust::xxh3::xxh3_64;

const BINS: usize = 48;

/// How a model's trees grow.
pub(crate) struct Growth {
    pub(crate) trees: usize,
    pub(crate) leaves: usize,
    pub(crate) rate: f64,
    pub(crate) ridge: f64,
    /// Least sum of the second derivatives in a leaf: with fewer, it is one page's quirk.
    pub(crate) min_hessian: f64,
    /// Of ten features and of ten samples, how many a tree sees: trees that differ generalise better.
    pub(crate) features_of_ten: u64,
    pub(crate) samples_of_ten: u64,
}

/// First and second derivatives of the loss, summed for each bin of each feature.
type Histogram = Vec<[f64; 2]>;

/// A leaf that may still be split.
struct Leaf {
    node: usize,
    samples: Vec<u32>,
    histogram: Histogram,
    split: Option<Split>,
}

#[derive(Clone, Copy)]
struct Split {
    gain: f64,
    feature: usize,
    bin: usize,
}

/// Grows a model for the samples `rows`. `slopes` gives, for what the trees sum up to so far, the first and second derivatives
/// of the loss, downhill, for each sample.
pub(crate) fn train<const N: usize>(
    kind: &'static Kind,
    growth: &Growth,
    bias: f32,
    rows: &[&[f32; N]],
    slopes: impl Fn(&[f64]) -> Vec<[f64; 2]>,
) -> Model {
    let cuts: Vec<Vec<f32>> = (0..N).map(|feature| cut_points(rows, feature)).collect();
    let bin = |row: &&[f32; N]| -> Vec<u8> {
        (0..N)
            .map(|feature| cuts[feature].partition_point(|cut| *cut < row[feature]) as u8)
            .collect()
    };
    let bins: Vec<u8> = rows.iter().flat_map(bin).collect();
    let mut sums = vec![f64::from(bias); rows.len()];
    let mut trees = Vec::new();
    for tree in 0..growth.trees {
        let slopes = slopes(&sums);
        let sample: Vec<u32> = (0..slopes.len() as u32)
            .filter(|at| is_drawn(tree, *at as usize, growth.samples_of_ten))
            .collect();
        let grower = Grower { growth, bins: &bins, slopes: &slopes, cuts: &cuts };
        let nodes = grower.grow(tree, sample);
        for (sum, row) in sums.iter_mut().zip(rows) {
            *sum += value_of(&nodes, *row);
        }
        trees.push(nodes);
    }
    Model::new(kind, bias, trees)
}

/// Whether a feature or sample is among those that a tree sees. The same in every run.
fn is_drawn(tree: usize, at: usize, of_ten: u64) -> bool {
    xxh3_64(format!("{tree} {of_ten} {at}").as_bytes()) % 10 < of_ten
}

/// What a tree adds for a sample.
fn value_of(nodes: &[Node], row: &[f32]) -> f64 {
    let mut node = nodes[0];
    while let Some(feature) = node.feature {
        let goes_right = row[usize::from(feature)] > node.value;
        node = nodes[usize::from(node.left) + usize::from(goes_right)];
    }
    f64::from(node.value)
}

/// What one tree is grown from.
struct Grower<'s> {
    growth: &'s Growth,
    /// By sample: the bin of each feature.
    bins: &'s [u8],
    slopes: &'s [[f64; 2]],
    /// By feature: the values between its bins.
    cuts: &'s [Vec<f32>],
}

impl Grower<'_> {
    /// Grows one tree from the samples `all`, the most gainful leaf first.
    fn grow(&self, tree: usize, all: Vec<u32>) -> Vec<Node> {
        let Growth { leaves: most_leaves, rate, ridge, features_of_ten, .. } = *self.growth;
        let features = self.cuts.len();
        let is_seen: Vec<bool> =
            (0..features).map(|feature| is_drawn(tree, feature, features_of_ten)).collect();
        let blank = Node { feature: None, value: 0.0, left: 0 };
        let mut nodes = vec![blank];
        let histogram = self.count(&all);
        let split = self.best_split(&histogram, &is_seen);
        let mut leaves = vec![Leaf { node: 0, samples: all, histogram, split }];
        while leaves.len() < most_leaves {
            let gain = |leaf: &Leaf| leaf.split.map_or(0.0, |split| split.gain);
            let best =
                (0..leaves.len()).max_by(|a, b| gain(&leaves[*a]).total_cmp(&gain(&leaves[*b])));
            let Some((at, Some(split))) = best.map(|at| (at, leaves[at].split)) else { break };
            let Leaf { node, samples, mut histogram, .. } = leaves.swap_remove(at);
            let is_left = |at: &u32| {
                usize::from(self.bins[*at as usize * features + split.feature]) <= split.bin
            };
            let (left, right): (Vec<u32>, Vec<u32>) = samples.into_iter().partition(is_left);
            let small = self.count(if left.len() < right.len() { &left } else { &right });
            for (whole, part) in histogram.iter_mut().zip(&small) {
                *whole = [whole[0] - part[0], whole[1] - part[1]];
            }
            let (of_left, of_right) =
                if left.len() < right.len() { (small, histogram) } else { (histogram, small) };
            let value = self.cuts[split.feature][split.bin];
            let first = nodes.len();
            nodes[node] = Node { feature: Some(split.feature as u16), value, left: first as u16 };
            nodes.extend([blank, blank]);
            for (node, samples, histogram) in [(first, left, of_left), (first + 1, right, of_right)]
            {
                let split = self.best_split(&histogram, &is_seen);
                leaves.push(Leaf { node, samples, histogram, split });
            }
        }
        for leaf in leaves {
            let [slope, curve] = leaf.samples.iter().fold([0.0, 0.0], |sum: [f64; 2], at| {
                let [slope, curve] = self.slopes[*at as usize];
                [sum[0] + slope, sum[1] + curve]
            });
            // Four decimals are enough, and keep the file small.
            let value = (rate * slope / (curve + ridge) * 1e4).round() / 1e4;
            nodes[leaf.node].value = value as f32;
        }
        nodes
    }

    fn count(&self, samples: &[u32]) -> Histogram {
        let features = self.cuts.len();
        let mut histogram = vec![[0.0; 2]; features * BINS];
        for at in samples {
            let [slope, curve] = self.slopes[*at as usize];
            let row = &self.bins[*at as usize * features..][..features];
            for (bin, bins) in row.iter().zip(histogram.chunks_exact_mut(BINS)) {
                let sum = &mut bins[usize::from(*bin)];
                *sum = [sum[0] + slope, sum[1] + curve];
            }
        }
        histogram
    }

    fn best_split(&self, histogram: &Histogram, is_seen: &[bool]) -> Option<Split> {
        let Growth { ridge, min_hessian, .. } = *self.growth;
        let worth = |sum: [f64; 2]| sum[0] * sum[0] / (sum[1] + ridge);
        let mut best: Option<Split> = None;
        let features = histogram.chunks_exact(BINS).enumerate();
        for (feature, bins) in features.filter(|(feature, _)| is_seen[*feature]) {
            let total = bins.iter().fold([0.0, 0.0], |sum, bin| [sum[0] + bin[0], sum[1] + bin[1]]);
            let mut left = [0.0, 0.0];
            for (bin, sum) in bins.iter().enumerate() {
                left = [left[0] + sum[0], left[1] + sum[1]];
                let right = [total[0] - left[0], total[1] - left[1]];
                let gain = worth(left) + worth(right) - worth(total);
                let is_large = left[1] >= min_hessian && right[1] >= min_hessian;
                if is_large && gain > best.map_or(1e-6, |split| split.gain) {
                    best = Some(Split { gain, feature, bin });
                }
            }
        }
        best
    }
}

/// Values that part a feature's samples into about equal bins; each is halfway between two that occur.
fn cut_points<const N: usize>(rows: &[&[f32; N]], feature: usize) -> Vec<f32> {
    let mut values: Vec<f32> = rows.iter().map(|row| row[feature]).collect();
    values.sort_by(f32::total_cmp);
    let mut cuts: Vec<f32> = Vec::new();
    for part in 1..BINS {
        let value = values[values.len() * part / BINS];
        let Some(next) = values.get(values.partition_point(|other| *other <= value)) else { break };
        let cut = ((value + next) / 2.0 * 1e4).round() / 1e4;
        if cuts.last() != Some(&cut) {
            cuts.push(cut);
        }
    }
    cuts
}
