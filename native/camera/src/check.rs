//! Settings against capabilities: every problem at once, the same way for all cameras.

use zarrcam_config::{CameraCapabilities, CameraSettings, Range, ReadoutDirection, Trigger, TriggerKind};

use crate::CameraError;

/// One day: long enough for any time lapse, short enough that clocks in ns do not overflow.
const LONGEST_PERIOD_US: f64 = 86_400e6;

struct Checker<'a> {
    camera: &'a str,
    problems: Vec<CameraError>,
}

impl Checker<'_> {
    /// NaN is in no range.
    fn range(&mut self, field: &str, value: f64, range: Range) {
        if !(range.low..=range.high).contains(&value) {
            self.problems.push(CameraError::OutOfRange {
                camera: self.camera.to_owned(),
                field: field.to_owned(),
                value,
                low: range.low,
                high: range.high,
            });
        }
    }

    fn unsupported(&mut self, field: &str, value: impl ToString, allowed: impl ToString) {
        self.problems.push(CameraError::Unsupported {
            camera: self.camera.to_owned(),
            field: field.to_owned(),
            value: value.to_string(),
            allowed: allowed.to_string(),
        });
    }

    fn input(&mut self, name: &str, trigger: Trigger, capabilities: &CameraCapabilities) {
        if !trigger.enable {
            return;
        }
        let field = format!("input_triggers.{name}");
        if !capabilities.input_triggers.iter().any(|known| known == name) {
            let known = list(&capabilities.input_triggers);
            self.unsupported(&format!("{field}.enable"), true, format!("input triggers for {known} only"));
            return;
        }
        if trigger.line as usize >= capabilities.lines.len() {
            let lines: Vec<_> =
                capabilities.lines.iter().enumerate().map(|(number, line)| format!("{number} ({line})")).collect();
            self.unsupported(&format!("{field}.line"), trigger.line, list(&lines));
        }
        if trigger.kind != TriggerKind::Input {
            self.unsupported(&format!("{field}.kind"), "Output", "Input");
        }
    }

    fn output(&mut self, name: &str, trigger: Trigger, capabilities: &CameraCapabilities) {
        if trigger.enable && !capabilities.output_triggers.iter().any(|known| known == name) {
            let known = list(&capabilities.output_triggers);
            self.unsupported(
                &format!("output_triggers.{name}.enable"),
                true,
                format!("output triggers for {known} only"),
            );
        }
    }
}

fn list<T: ToString>(items: &[T]) -> String {
    if items.is_empty() {
        return "nothing".to_owned();
    }
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Everything that is wrong with a camera's settings, by its `capabilities` for these very settings. `frame_period_us` is
/// the time from frame to frame, 0: it follows the exposure.
pub fn check_settings(
    camera: &str,
    capabilities: &CameraCapabilities,
    settings: &CameraSettings,
    frame_period_us: f64,
) -> Vec<CameraError> {
    let mut checker = Checker { camera, problems: Vec::new() };
    checker.range("exposure_time_us", settings.exposure_time_us, capabilities.exposure_time_us);
    checker.range("line_interval_us", settings.line_interval_us, capabilities.line_interval_us);
    if settings.readout_direction != ReadoutDirection::Forward && !capabilities.readout_direction_writable {
        checker.unsupported("readout_direction", "Backward", "Forward");
    }
    if !capabilities.binning.contains(&settings.binning) {
        checker.unsupported("binning", settings.binning, list(&capabilities.binning));
    }
    if !capabilities.pixel_types.contains(&settings.pixel_type) {
        let types: Vec<_> = capabilities.pixel_types.iter().map(|known| format!("{known:?}")).collect();
        checker.unsupported("pixel_type", format!("{:?}", settings.pixel_type), list(&types));
    }
    for axis in 0..2 {
        let shape = settings.shape[axis];
        checker.range(&format!("shape[{axis}]"), f64::from(shape), capabilities.shape[axis]);
        // Where the shape alone is too large, the offset is not to blame.
        if f64::from(shape) <= capabilities.shape[axis].high {
            checker.range(&format!("offset[{axis}]"), f64::from(settings.offset[axis]), capabilities.offset[axis]);
        }
    }
    for (name, trigger) in [
        ("acquisition_start", settings.input_triggers.acquisition_start),
        ("frame_start", settings.input_triggers.frame_start),
        ("exposure", settings.input_triggers.exposure),
    ] {
        checker.input(name, trigger, capabilities);
    }
    for (name, trigger) in [
        ("exposure", settings.output_triggers.exposure),
        ("frame_start", settings.output_triggers.frame_start),
        ("trigger_wait", settings.output_triggers.trigger_wait),
    ] {
        checker.output(name, trigger, capabilities);
    }
    let periods = Range { low: 0.0, high: LONGEST_PERIOD_US, step: 0.0, writable: true };
    checker.range("frame_period_us", frame_period_us, periods);
    if frame_period_us > 0.0 && frame_period_us < settings.exposure_time_us {
        checker
            .problems
            .push(CameraError::PeriodTooShort { frame_period_us, exposure_time_us: settings.exposure_time_us });
    }
    checker.problems
}
