//! Line charts as SVG, by plotters. Colours are placeholders that the page's style sheet maps to those of its theme.

use plotters::coord::ranged1d::{AsRangedCoord, Ranged, ValueFormatter};
use plotters::prelude::*;

use crate::error::Error;

/// One line.
#[derive(Clone, Debug)]
pub(super) struct Series {
    /// Its points, x ascending.
    pub(super) points: Vec<(f64, f64)>,
}

/// A chart with logarithmic x, and y logarithmic or from 0 on.
pub(super) struct Chart<'a> {
    /// What x is, with its unit.
    pub(super) x_label: &'a str,
    /// What y is, with its unit.
    pub(super) y_label: &'a str,
    /// Whether y is logarithmic.
    pub(super) is_y_logarithmic: bool,
    /// Lines, the first on top.
    pub(super) series: &'a [Series],
}

/// Drawn at this size and scaled to the column: on a phone letters are then still about ten pixels high.
const SIZE: (u32, u32) = (480, 300);
/// Colours that the style sheet replaces: text and axes, grid.
const INK: RGBColor = RGBColor(1, 1, 1);
const GRID: RGBColor = RGBColor(2, 2, 2);

impl Chart<'_> {
    /// Draws it; empty without a point.
    pub(super) fn draw(&self) -> Result<String, Error> {
        let points = || self.series.iter().flat_map(|series| series.points.iter());
        let span = |of: fn(&(f64, f64)) -> f64| {
            let least = points().map(of).fold(f64::INFINITY, f64::min);
            let most = points().map(of).fold(0.0, f64::max);
            (least.max(1e-9), most)
        };
        let ((left, right), (bottom, top)) = (span(|point| point.0), span(|point| point.1));
        if points().next().is_none() || right <= left || top <= 0.0 {
            return Ok(String::new());
        }
        let mut svg = String::new();
        let across = (left..right * 1.05).log_scale();
        let drawn = match self.is_y_logarithmic {
            true => self.draw_on(&mut svg, across, (bottom..top * 1.3).log_scale()),
            false => self.draw_on(&mut svg, across, 0.0..top * 1.08),
        };
        drawn.map_err(|why| Error::Internal(format!("a chart could not be drawn: {why}")))?;
        Ok(for_a_page(&svg))
    }

    fn draw_on<X, Y>(
        &self,
        svg: &mut String,
        across: X,
        up: Y,
    ) -> Result<(), Box<dyn std::error::Error>>
    where
        X: AsRangedCoord<Value = f64>,
        Y: AsRangedCoord<Value = f64>,
        X::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
        Y::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        let area = SVGBackend::with_string(svg, SIZE).into_drawing_area();
        let mut chart = ChartBuilder::on(&area)
            .margin(6)
            .margin_right(14)
            .x_label_area_size(44)
            .y_label_area_size(58)
            .build_cartesian_2d(across, up)?;
        let style = ("sans-serif", 13).into_font().color(&INK);
        chart
            .configure_mesh()
            .x_desc(self.x_label)
            .y_desc(self.y_label)
            .x_labels(6)
            .y_labels(5)
            .label_style(style.clone())
            .axis_desc_style(style)
            .axis_style(INK)
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .x_label_formatter(&|value| short(*value))
            .y_label_formatter(&|value| short(*value))
            .draw()?;
        for (index, series) in self.series.iter().enumerate().rev() {
            let colour = RGBColor(3, 3, index as u8 + 1);
            let line = LineSeries::new(series.points.iter().copied(), colour.stroke_width(2));
            chart.draw_series(line)?;
        }
        area.present()?;
        Ok(())
    }
}

/// A number in few characters: 1500 → 1.5k, 2000000 → 2M.
pub(super) fn short(number: f64) -> String {
    let (scaled, unit) = match number.abs() {
        size if size >= 1e9 => (number / 1e9, "G"),
        size if size >= 1e6 => (number / 1e6, "M"),
        size if size >= 1e3 => (number / 1e3, "k"),
        _ => (number, ""),
    };
    let digits = if scaled.abs() >= 10.0 || scaled.fract() == 0.0 { 0 } else { 1 };
    format!("{scaled:.digits$}{unit}")
}

/// Without the namespace, which HTML does not need, and as wide as its column.
fn for_a_page(svg: &str) -> String {
    let (width, height) = SIZE;
    let opening = format!("<svg viewBox=\"0 0 {width} {height}\" role=\"img\">");
    match svg.find("<svg").and_then(|at| svg[at..].find('>').map(|end| at + end + 1)) {
        Some(end) => format!("{opening}{}", svg[end..].trim()),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn charts_have_units_and_nothing_that_acts() {
        let series = [Series { points: vec![(1.0, 2.0), (10.0, 30.0)] }];
        let chart = |is_y_logarithmic| Chart {
            x_label: "tokens & <more>",
            y_label: "types",
            is_y_logarithmic,
            series: &series,
        };
        for is_logarithmic in [true, false] {
            let svg = chart(is_logarithmic).draw().unwrap();
            assert!(svg.starts_with("<svg viewBox") && svg.ends_with("</svg>"), "{svg}");
            assert!(svg.contains("tokens &amp; &lt;more&gt;") && svg.contains("types"));
            for word in ["http", "style=", "script", "href"] {
                assert!(!svg.contains(word), "{word}");
            }
        }
        let empty = Chart { series: &[], ..chart(false) };
        assert_eq!(empty.draw().unwrap(), "");
    }

    #[test]
    fn numbers_on_axes_are_short() {
        for (number, expected) in
            [(0.5, "0.5"), (7.0, "7"), (1500.0, "1.5k"), (20_000.0, "20k"), (3e6, "3M")]
        {
            assert_eq!(short(number), expected);
        }
    }
}
