//! The journeys, each with JavaScript and without.

mod connexion;

use crate::lanceur::{Mode, Scenario};

/// A scenario is an `async fn(Visite) -> Result<()>`.
macro_rules! parcours {
    ($($module:ident :: $nom:ident),* $(,)?) => {
        vec![$((
            concat!(stringify!($module), "::", stringify!($nom)),
            (|v| Box::pin($module::$nom(v))) as fn(crate::gestes::Visite) -> crate::lanceur::Suite,
        )),*]
    };
}

pub fn tous() -> Vec<Scenario> {
    let parcours = parcours![connexion::entrer_et_sortir];
    let mut scenarios = Vec::new();
    for (nom, suite) in parcours {
        for (mode, suffixe) in [
            (Mode::Script, "avec_script"),
            (Mode::SansScript, "sans_script"),
        ] {
            scenarios.push(Scenario {
                nom: format!("{nom}::{suffixe}"),
                mode,
                suite,
            });
        }
    }
    scenarios
}
