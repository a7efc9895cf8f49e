//! How long the list of a data folder takes, the first time and again: `list_speed FOLDER`.

use std::path::Path;
use std::time::Instant;

fn main() {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("usage: list_speed FOLDER");
        std::process::exit(2);
    };
    for _ in 0..3 {
        let start = Instant::now();
        let listing = zarrcam_storage::list_datasets(Path::new(&folder)).expect("the folder is listed");
        println!("{} datasets in {:.0} ms", listing.datasets.len(), start.elapsed().as_secs_f64() * 1e3);
    }
}
