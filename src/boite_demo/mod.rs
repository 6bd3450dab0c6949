//! `/demo/courriels`: the mails of the demo world, read in the browser. Anybody may open them, links included: these
//! routes exist in `demo` only (security.md AU7).

mod pages;

use crate::App;
use crate::routes::Routes;

pub fn routes(app: &App) -> Routes {
    if app.config.demo {
        Routes::new()
            .get("/demo/courriels", pages::liste)
            .get("/demo/courriels/{courrier}", pages::courriel)
    } else {
        Routes::new()
    }
}
