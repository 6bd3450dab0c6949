//! The highest memory of a process over a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use crate::commun::memoire;

const PAS: Duration = Duration::from_millis(20);

/// Looks at the memory of a process, without end until dropped.
pub struct Guet {
    fini: Arc<AtomicBool>,
    haut: Arc<AtomicU64>,
}

impl Guet {
    pub fn nouveau(pid: u32) -> Self {
        let guet = Self {
            fini: Arc::default(),
            haut: Arc::default(),
        };
        let (fini, haut) = (guet.fini.clone(), guet.haut.clone());
        std::thread::spawn(move || {
            while !fini.load(Ordering::Relaxed) {
                haut.fetch_max((memoire(pid) * 1024.0) as u64, Ordering::Relaxed);
                std::thread::sleep(PAS);
            }
        });
        guet
    }

    /// The highest so far, in MiB.
    pub fn haut(&self) -> f64 {
        self.haut.load(Ordering::Relaxed) as f64 / 1024.0
    }
}

impl Drop for Guet {
    fn drop(&mut self) {
        self.fini.store(true, Ordering::Relaxed);
    }
}
