//! R-STR-SERVICES: the list, its acts, its import, and block C that leads there.

mod actes;
mod courses;
mod ecrans;
mod import;
mod structures;

use crate::support::page::PageLue;

fn services(page: &PageLue) -> Vec<String> {
    page.tous("#services tbody td:first-child")
}
