use super::report::StreamReport;
use crate::units::Unit;
use crate::{Dimension, DimensionKind};

/// Units that readers do not know, with the one that is meant where it can be told.
pub(super) fn validate(report: &mut StreamReport, path: &str, dimension: &Dimension) {
    let near = match Unit::of(dimension.kind, &dimension.unit) {
        Unit::None | Unit::Free | Unit::Known { exact: true, .. } => return,
        Unit::Known { name, exact: false, .. } => Some(name),
        Unit::Unknown { near } => near,
    };
    let kind = if dimension.kind == DimensionKind::Time { "time" } else { "space" };
    let message = format!("Readers do not know \"{}\" as a unit of {kind}.", crate::shown(&dimension.unit));
    let noted = report.warning(format!("{path}.unit"), "unknown_value", message);
    if let Some(near) = near {
        noted.fixed_by(format!("Use {near}"), near);
    }
}
