//! The picture: how many refreshes the fleet asks for in each second, as a plain SVG that follows the reader's theme.

use std::{fmt::Write as _, ops::Range};

use crate::{
    setup::{DAY_MS, HOUR_MS, MINUTE_MS, NOON_MS, SECOND_MS, Setup},
    tally::Tally,
};

/// Draws each day, and the outage by the second.
pub(crate) fn draw(setup: &Setup, tally: &Tally) -> String {
    let mut panels: Vec<Panel> = (0..setup.days.min(MAX_DAYS)).map(Panel::day).collect();
    if setup.outage_min > 0 {
        panels.insert(1, Panel::outage(setup));
    }
    let most = panels.iter().map(|panel| panel.most(&tally.refreshes)).max().unwrap_or(0).max(1);
    let scale = Scale::over(most);
    let height = TOP + panels.len() * PANEL_STEP;
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title">
<title id="title">Refreshes per second of a fleet of {} sessions</title>
<style>{STYLE}</style>
<rect class="paper" width="{WIDTH}" height="{height}"/>
<text class="title" x="{LEFT}" y="26">{} sessions, {}-minute tokens, everyone signs in between 9:00 and 9:05, {} % of calls lost</text>
<path class="band" d="M{LEFT} 40h22v10h-22z"/><path class="mean" d="M{LEFT} 46h22"/>
<text x="{}" y="49">refreshes asked for per second: mean of a minute, or of two seconds around the outage (line), and its worst second (band)</text>
"#,
        thousands(setup.engines),
        thousands(setup.engines),
        setup.lifetime_min,
        setup.loss_percent,
        LEFT + 30,
    );
    for (row, panel) in panels.iter().enumerate() {
        panel.draw(&mut svg, TOP + row * PANEL_STEP, &scale, setup, &tally.refreshes);
    }
    svg.push_str("</svg>\n");
    svg
}

/// One diagram: a stretch of time, cut into steps.
struct Panel {
    title: String,
    from_ms: u64,
    until_ms: u64,
    step_ms: u64,
    tick_ms: u64,
}

impl Panel {
    fn day(day: u64) -> Self {
        let midnight_ms = day * DAY_MS;
        Self {
            title: format!("Day {}", day + 1),
            from_ms: midnight_ms + 8 * HOUR_MS + 30 * MINUTE_MS,
            until_ms: midnight_ms + 18 * HOUR_MS + 30 * MINUTE_MS,
            step_ms: MINUTE_MS,
            tick_ms: HOUR_MS,
        }
    }

    fn outage(setup: &Setup) -> Self {
        Self {
            title: "Day 1 around the outage".into(),
            from_ms: NOON_MS - 2 * MINUTE_MS,
            until_ms: setup.outage_ms().end + 4 * MINUTE_MS,
            step_ms: 2 * SECOND_MS,
            tick_ms: MINUTE_MS,
        }
    }

    fn most(&self, counts: &[u32]) -> u32 {
        self.steps(counts).map(|step| step.worst).max().unwrap_or(0)
    }

    fn steps<'a>(&self, counts: &'a [u32]) -> impl Iterator<Item = Step> + 'a {
        let second = |ms: u64| usize::try_from(ms / SECOND_MS).unwrap_or(usize::MAX);
        let stretch = counts.get(second(self.from_ms)..second(self.until_ms)).unwrap_or_default();
        stretch.chunks(second(self.step_ms).max(1)).map(|seconds| Step {
            mean: seconds.iter().copied().map(f64::from).sum::<f64>() / seconds.len() as f64,
            worst: seconds.iter().copied().max().unwrap_or(0),
        })
    }

    fn x(&self, at_ms: u64) -> f64 {
        let share = (at_ms - self.from_ms) as f64 / (self.until_ms - self.from_ms) as f64;
        LEFT as f64 + share * PLOT_WIDTH as f64
    }

    fn draw(&self, svg: &mut String, top: usize, scale: &Scale, setup: &Setup, counts: &[u32]) {
        let bottom = top + PLOT_HEIGHT;
        self.shade_outage(svg, top, setup.outage_ms());
        for tick in scale.ticks() {
            let y = scale.y(f64::from(tick), bottom);
            line(svg, format_args!(r#"<path class="grid" d="M{LEFT} {y:.1}h{PLOT_WIDTH}"/>"#));
            let (x, y, label) = (LEFT - 6, y + 4.0, thousands(usize::try_from(tick).unwrap_or(usize::MAX)));
            line(svg, format_args!(r#"<text class="end" x="{x}" y="{y:.1}">{label}</text>"#));
        }
        for at_ms in (self.from_ms.next_multiple_of(self.tick_ms)..=self.until_ms).step_by(ticks_apart(self))
        {
            let (x, minute) = (self.x(at_ms), at_ms / MINUTE_MS);
            let label = format!("{}:{:02}", minute / 60 % 24, minute % 60);
            line(svg, format_args!(r#"<path class="axis" d="M{x:.1} {bottom}v4"/>"#));
            line(svg, format_args!(r#"<text class="mid" x="{x:.1}" y="{}">{label}</text>"#, bottom + 17));
        }
        self.draw_counts(svg, bottom, scale, counts);
        line(svg, format_args!(r#"<path class="axis" d="M{LEFT} {bottom}h{PLOT_WIDTH}"/>"#));
        let title = &self.title;
        line(svg, format_args!(r#"<text class="head" x="{LEFT}" y="{}">{title}</text>"#, top - 10));
        let middle = top + PLOT_HEIGHT / 2;
        line(
            svg,
            format_args!(
                r#"<text class="mid" transform="translate(14 {middle}) rotate(-90)">refreshes per second</text>"#
            ),
        );
    }

    fn shade_outage(&self, svg: &mut String, top: usize, outage_ms: Range<u64>) {
        if outage_ms.is_empty() || outage_ms.start < self.from_ms || outage_ms.end > self.until_ms {
            return;
        }
        let (x, end) = (self.x(outage_ms.start), self.x(outage_ms.end));
        let width = end - x;
        line(
            svg,
            format_args!(r#"<path class="outage" d="M{x:.1} {top}h{width:.1}v{PLOT_HEIGHT}h-{width:.1}z"/>"#),
        );
        let (x, y) = (x + width / 2.0, top - 10);
        line(svg, format_args!(r#"<text class="mid" x="{x:.1}" y="{y}">outage</text>"#));
    }

    /// The worst seconds as a band down to the axis, and the means as a line over it.
    fn draw_counts(&self, svg: &mut String, bottom: usize, scale: &Scale, counts: &[u32]) {
        let steps: Vec<Step> = self.steps(counts).collect();
        let step_width = PLOT_WIDTH as f64 / steps.len() as f64;
        let path = |value: &dyn Fn(&Step) -> f64| {
            let mut path = String::new();
            for (index, step) in steps.iter().enumerate() {
                let x = LEFT as f64 + (index as f64 + 0.5) * step_width;
                let sign = if index == 0 { 'M' } else { 'L' };
                line(&mut path, format_args!("{sign}{x:.1} {:.1}", scale.y(value(step), bottom)));
            }
            path.replace('\n', "")
        };
        let band = path(&|step| f64::from(step.worst));
        line(
            svg,
            format_args!(
                r#"<path class="band" d="{band}V{bottom}H{:.1}z"/>"#,
                LEFT as f64 + step_width / 2.0
            ),
        );
        line(svg, format_args!(r#"<path class="mean" d="{}"/>"#, path(&|step| step.mean)));
    }
}

struct Step {
    mean: f64,
    worst: u32,
}

/// The axis of counts, the same for all panels.
struct Scale {
    tick: u32,
    most: u32,
}

impl Scale {
    /// Reaches over this count in four to ten round steps.
    fn over(count: u32) -> Self {
        let mut tick = 1;
        for factor in [2, 5, 10].iter().cycle().take(3 * 8) {
            if count.div_ceil(tick) <= MAX_TICKS {
                break;
            }
            tick = tick / leading(tick) * factor;
        }
        Self { tick, most: count.div_ceil(tick) * tick }
    }

    fn ticks(&self) -> impl Iterator<Item = u32> {
        (0..=self.most / self.tick).map(|step| step * self.tick)
    }

    fn y(&self, count: f64, bottom: usize) -> f64 {
        bottom as f64 - count / f64::from(self.most) * PLOT_HEIGHT as f64
    }
}

fn leading(number: u32) -> u32 {
    number / 10_u32.pow(number.ilog10())
}

/// No more labels on the axis of time than fit.
fn ticks_apart(panel: &Panel) -> usize {
    let count = (panel.until_ms - panel.from_ms) / panel.tick_ms;
    usize::try_from(panel.tick_ms * count.div_ceil(MAX_TIME_TICKS)).unwrap_or(usize::MAX)
}

fn line(svg: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    writeln!(svg, "{text}").unwrap_or_default();
}

/// Writes 1000000 as 1 000 000.
pub(crate) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut spaced = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            spaced.push('\u{202f}');
        }
        spaced.push(digit);
    }
    spaced
}

const STYLE: &str = "
text{font:12px system-ui,sans-serif;fill:#333}.title{font-size:15px;font-weight:600}.head{font-weight:600}
.mid{text-anchor:middle}.end{text-anchor:end}
.paper{fill:#fff}.grid{stroke:#ddd;fill:none}.axis{stroke:#666;fill:none}.outage{fill:#d9480f;opacity:.14}
.band{fill:#1971c2;opacity:.35}.mean{stroke:#0b4f8f;stroke-width:1.3;fill:none;stroke-linejoin:round}
@media(prefers-color-scheme:dark){text{fill:#ccc}.paper{fill:#14181d}.grid{stroke:#2c333b}.axis{stroke:#89929b}
.outage{fill:#ff922b;opacity:.2}.band{fill:#4dabf7;opacity:.4}.mean{stroke:#a5d8ff}}
";

const WIDTH: usize = 960;
const LEFT: usize = 76;
const PLOT_WIDTH: usize = 864;
const PLOT_HEIGHT: usize = 170;
const TOP: usize = 96;
const PANEL_STEP: usize = 240;
const MAX_TICKS: u32 = 6;
const MAX_TIME_TICKS: u64 = 20;

/// More days look like the second.
const MAX_DAYS: u64 = 2;
