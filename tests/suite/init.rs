//! `copydesk init` on a dump whose fields have names that nobody knows, and a run with the file that it wrote.

use std::fs;

use crate::support::{copydesk, rows};

fn article(number: usize) -> String {
    format!(
        "Le passeur de Vallonges a gardé son bac à quai le jour {number}. Personne ne l'attendait sur l'autre rive, a-t-il dit. \
         Le lendemain, il a traversé deux fois pour rattraper le temps perdu, {number} minutes en tout."
    )
}

#[test]
fn what_init_proposes_reads_a_dump_of_unknown_fields() {
    let work = tempfile::tempdir().unwrap();
    let at = |name: &str| work.path().join(name);
    fs::create_dir(at("dump")).unwrap();
    let record = |number: usize| {
        serde_json::json!({
            "cle": format!("v-{number}"),
            "accroche": format!("Le bac {number} reste à quai"),
            "corps_du_papier": article(number),
            "paru": format!("2024-03-{:02}T06:00:00Z", number + 1),
            "adresse": format!("https://passeur.example/{number}"),
        })
    };
    let lines: String = (0..8).map(|number| format!("{}\n", record(number))).collect();
    fs::write(at("dump/a.jsonl"), lines).unwrap();
    // The same without a header, in other columns, and not clear: two long texts.
    let row =
        |number: usize| format!("{}\t{}\t{}\n", article(number + 20), number, article(number + 40));
    fs::write(at("dump/b.tsv"), (0..8).map(row).collect::<String>()).unwrap();
    let init = copydesk().arg("init").arg(at("dump")).arg("-o").arg(at("p.toml")).output().unwrap();
    assert!(init.status.success(), "{}", String::from_utf8_lossy(&init.stderr));
    let written = fs::read_to_string(at("p.toml")).unwrap();
    let expected = [
        "`corps_du_papier` has most text: ",
        "`accroche` has short lines: ",
        "`paru` has a date in 8 of 8 values.",
        "`adresse` has an address in 8 of 8 values.",
        "`cle` has 8 different values in 8, without spaces.",
        "another field looks much the same.",
        "\"plaintext\", \"corps_du_papier\", \"#",
    ];
    for expected in expected {
        assert!(written.contains(expected), "{expected}\n{written}");
    }
    // The articles are much alike.
    let written = written.replacen("\nstages = [", "\nstages = []\n# [", 1);
    fs::write(at("p.toml"), written).unwrap();
    let run = copydesk()
        .args(["run", "--quiet", "--config"])
        .arg(at("p.toml"))
        .arg("-o")
        .arg(at("out"))
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    assert!(rows(&at("out/rejected.csv")).is_empty());
    let documents = rows(&at("out/documents.csv"));
    assert_eq!(documents.len(), 16);
    let first = documents.iter().find(|row| row["id"] == "v-0").unwrap();
    assert_eq!(first["title"], "Le bac 0 reste à quai");
    assert_eq!((&*first["published"], &*first["source"]), ("2024-03-01", "passeur.example"));
    assert_eq!(first["url"], "https://passeur.example/0");
}

/// The fields of a Parquet file have names in any case; what they hold says what they are.
#[cfg(feature = "parquet")]
#[test]
fn what_init_proposes_reads_a_parquet_file_of_unknown_columns() {
    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::properties::WriterProperties;
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    let work = tempfile::tempdir().unwrap();
    let at = |name: &str| work.path().join(name);
    fs::create_dir(at("dump")).unwrap();
    let schema = "message m {
        required binary Accroche (STRING);
        required binary Corps_du_papier (STRING);
        required binary Adresse (STRING);
    }";
    let schema = parse_message_type(schema).unwrap().into();
    let file = fs::File::create(at("dump/a.parquet")).unwrap();
    let properties = WriterProperties::builder().build().into();
    let mut writer = SerializedFileWriter::new(file, schema, properties).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let columns: [&dyn Fn(usize) -> String; 3] =
        [&|number| format!("Le bac {number} reste à quai"), &article, &|number| {
            format!("https://passeur.example/{number}")
        }];
    for value in columns {
        let values: Vec<_> =
            (0..8).map(|number| ByteArray::from(value(number).into_bytes())).collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    let init = copydesk().arg("init").arg(at("dump")).arg("-o").arg(at("p.toml")).output().unwrap();
    assert!(init.status.success(), "{}", String::from_utf8_lossy(&init.stderr));
    let written = fs::read_to_string(at("p.toml")).unwrap();
    for expected in ["has most text: ", "has short lines: ", "has an address in 8 of 8 values."] {
        assert!(written.contains(expected), "{expected}\n{written}");
    }
    let written = written.replacen("\nstages = [", "\nstages = []\n# [", 1);
    fs::write(at("p.toml"), written).unwrap();
    let run = ["run", "--quiet", "--config"];
    let run = copydesk().args(run).arg(at("p.toml")).arg("-o").arg(at("out")).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let documents = rows(&at("out/documents.csv"));
    assert_eq!(documents.len(), 8);
    assert_eq!(documents[0]["title"], "Le bac 0 reste à quai");
    assert_eq!(documents[0]["url"], "https://passeur.example/0");
}
