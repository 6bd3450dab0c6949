//! Nothing about a structure is forgotten by the copy: its statements are held against the database.

use vantail::vie_des_structures::identifiant::{COLONNES_LAISSEES, LAISSEES};

use crate::support::Portail;

/// `insert into table (columns)` of a source.
fn inserts(source: &str) -> Vec<(String, Vec<String>)> {
    source
        .split("insert into ")
        .skip(1)
        .map(|reste| {
            let (table, reste) = reste.split_once(" (").expect("a table");
            let (colonnes, _) = reste.split_once(')').expect("columns");
            let colonnes = colonnes.split(',').map(|c| c.trim().to_owned()).collect();
            (table.to_owned(), colonnes)
        })
        .collect()
}

#[tokio::test]
async fn chaque_table_d_une_structure_est_copiee_ou_laissee_expres() {
    let portail = Portail::nouveau().await;
    let source = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/src/vie_des_structures/identifiant/copie.rs"
    ))
    .expect("the source");
    let copies = inserts(
        source
            .split("pub(super) async fn copier")
            .nth(1)
            .expect("the statements"),
    );
    let concernees: Vec<String> = sqlx::query_scalar(
        "select distinct c.conrelid::regclass::text from pg_constraint c
         where c.contype = 'f'
           and (c.confrelid = 'structures'::regclass
                or exists (select from pg_attribute a where a.attrelid = c.conrelid and a.attname = 'structure_id'))
         order by 1",
    )
    .fetch_all(&portail.db)
    .await
    .expect("the tables");
    assert!(concernees.len() > 12, "{concernees:?}");
    for table in &concernees {
        let copiee = copies.iter().any(|(t, _)| t == table);
        let laissee = LAISSEES.iter().any(|(t, _)| t == table);
        assert!(
            copiee || laissee || table == "structures",
            "{table} is about structures: copy it in copie.rs, or name it in LAISSEES with the reason"
        );
        assert!(!(copiee && laissee), "{table} is copied and left");
    }
    for (table, _) in LAISSEES {
        assert!(
            concernees.iter().any(|t| t == table),
            "{table} is no table about structures"
        );
    }
    for (table, colonnes) in &copies {
        let reelles: Vec<String> = sqlx::query_scalar(
            "select column_name::text from information_schema.columns
             where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER'",
        )
        .bind(table)
        .fetch_all(&portail.db)
        .await
        .expect("the columns");
        for colonne in &reelles {
            let laissee = COLONNES_LAISSEES
                .iter()
                .any(|(t, c, _)| t == table && c == colonne);
            assert!(
                colonnes.contains(colonne) || laissee,
                "{table}.{colonne}: copy it in copie.rs, or name it in COLONNES_LAISSEES with the reason"
            );
            assert!(
                !(colonnes.contains(colonne) && laissee),
                "{table}.{colonne} is copied and left"
            );
        }
    }
}
