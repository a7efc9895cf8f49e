use super::report::StreamReport;
use crate::{CameraCapabilities, CameraSettings, ProblemCode, Trigger, TriggerEdge, TriggerKind};

/// A trigger that is not enabled is not looked at: Acquire writes all of them.
pub(super) fn validate(report: &mut StreamReport, settings: &CameraSettings, can: &CameraCapabilities) {
    let inputs = &settings.input_triggers;
    for (name, trigger) in [
        ("acquisition_start", inputs.acquisition_start),
        ("frame_start", inputs.frame_start),
        ("exposure", inputs.exposure),
    ] {
        let known = &can.input_triggers;
        one(report, &format!("camera.settings.input_triggers.{name}"), name, trigger, TriggerKind::Input, known, can);
    }
    let outputs = &settings.output_triggers;
    for (name, trigger) in
        [("exposure", outputs.exposure), ("frame_start", outputs.frame_start), ("trigger_wait", outputs.trigger_wait)]
    {
        let known = &can.output_triggers;
        one(report, &format!("camera.settings.output_triggers.{name}"), name, trigger, TriggerKind::Output, known, can);
    }
}

fn one(
    report: &mut StreamReport,
    path: &str,
    name: &str,
    trigger: Trigger,
    kind: TriggerKind,
    known: &[String],
    can: &CameraCapabilities,
) {
    if !trigger.enable {
        return;
    }
    let word = if kind == TriggerKind::Input { "input" } else { "output" };
    if !known.iter().any(|known| known == name) {
        let has = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        let message = format!("This camera has no {word} trigger {name}. It has: {has}.");
        report.error(format!("{path}.enable"), ProblemCode::Unsupported, message).fixed_by("Switch it off", false);
        return;
    }
    if trigger.line as usize >= can.lines.len() {
        let lines: Vec<_> = can.lines.iter().enumerate().map(|(number, line)| format!("{number} ({line})")).collect();
        let message = format!("This camera has no line {}. It has: {}.", trigger.line, lines.join(", "));
        let noted = report.error(format!("{path}.line"), ProblemCode::OutOfRange, message);
        if let [only] = can.lines.as_slice() {
            noted.fixed_by(format!("Use 0 ({only})"), 0);
        }
    }
    if trigger.kind != kind {
        let message = format!("{name} is an {word} trigger, and is given as {:?}.", trigger.kind);
        report
            .error(format!("{path}.kind"), ProblemCode::Unsupported, message)
            .fixed_by(format!("Use {kind:?}"), format!("{kind:?}"));
    }
    if kind == TriggerKind::Input && trigger.edge == TriggerEdge::NotApplicable {
        let message = "An input trigger needs an edge or a level to wait for.";
        report.error(format!("{path}.edge"), ProblemCode::Unsupported, message).fixed_by("Use Rising", "Rising");
    }
}
