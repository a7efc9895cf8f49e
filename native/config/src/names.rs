/// The names that follow one, counted from 2 or from the number that it has: `embryo.zarr` -> `embryo_002.zarr`, `embryo_003.zarr`, ...
pub fn following_names(uri: &str) -> impl Iterator<Item = String> + '_ {
    let (stem, number, ending) = split_number(uri);
    (number.map_or(2, |number| number.saturating_add(1))..100_000).map(move |next| format!("{stem}_{next:03}{ending}"))
}

/// `a/embryo_002.zarr` -> (`a/embryo`, 2, `.zarr`)
fn split_number(uri: &str) -> (&str, Option<u32>, &str) {
    let name_at = uri.rfind(['/', '\\']).map_or(0, |at| at + 1);
    let dot = uri[name_at..].find('.').filter(|at| *at > 0).map_or(uri.len(), |at| name_at + at);
    // A name such as `run1.5.zarr` has its ending at the last dot.
    let ending_at = if uri[dot..].matches('.').count() > 1
        && !uri[dot..].ends_with(".ome.zarr")
        && !uri[dot..].ends_with(".ome.tif")
    {
        uri.rfind('.').unwrap_or(dot)
    } else {
        dot
    };
    let (before, ending) = uri.split_at(ending_at);
    if let Some((stem, digits)) = before.rsplit_once('_')
        && digits.len() >= 3
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(number) = digits.parse()
    {
        return (stem, Some(number), ending);
    }
    (before, None, ending)
}
