use super::report::StreamReport;
use crate::units::{Unit, unknown_unit};
use crate::{Dimension, ProblemCode};

/// Units that readers do not know, with the one that is meant where it can be told.
pub(super) fn validate(report: &mut StreamReport, path: &str, dimension: &Dimension) {
    let Some(message) = unknown_unit(dimension.kind, &dimension.unit) else { return };
    let near = match Unit::of(dimension.kind, &dimension.unit) {
        Unit::Known { name, .. } => Some(name),
        Unit::Unknown { near } => near,
        Unit::None | Unit::Free => None,
    };
    let noted = report.warning(format!("{path}.unit"), ProblemCode::UnknownValue, message);
    if let Some(near) = near {
        noted.fixed_by(format!("Use {near}"), near);
    }
}
