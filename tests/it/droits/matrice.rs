//! The table of rights, read as the screens do.

#[test]
fn la_matrice_des_droits_se_lit() {
    use vantail::acces::{Action, Capacite, Droits, Role};
    let gp = Droits {
        role: Role::Gp,
        capacites: Capacite::TOUTES.to_vec(),
        maille_structure: true,
    };
    let us = Droits {
        role: Role::Us,
        capacites: Vec::new(),
        maille_structure: true,
    };
    for action in Action::TOUTES {
        assert!(gp.peut(action), "the GP holds every right: {action:?}");
        assert!(!us.peut(action), "an US manages nothing: {action:?}");
    }
    for capacite in Capacite::TOUTES {
        let sans = Capacite::TOUTES
            .into_iter()
            .filter(|c| *c != capacite)
            .collect();
        let gs = Droits {
            role: Role::Gs,
            capacites: sans,
            maille_structure: true,
        };
        assert!(!gs.a(capacite));
        assert!(
            !gs.peut(Action::TransfererRole),
            "reserved to the GP (spec §1)"
        );
    }
}
