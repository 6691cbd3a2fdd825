#!/usr/bin/env bash
# Lays out fuzz/corpus: tests/seeds, and the fixtures of the golden tests and the rules of the packs in the form that the
# properties read. All of it was written for this repository.
set -euo pipefail
cd "$(dirname "$0")/.."
corpus=fuzz/corpus
for target in configuration decode ledger records rules state; do
    mkdir -p "$corpus/$target"
    cp tests/seeds/"$target"/* "$corpus/$target/"
done

# The first byte of an input for `records` is the place of the name in its list, the second is for limits.
find tests/golden/*/in -type f -size -24k | LC_ALL=C sort | while read -r file; do
    case "$file" in
        *.txt.gz) number=15 ;;
        *.tar.gz) number=07 ;;
        *.txt) number=00 ;;
        *.jsonl) number=01 ;;
        *.json) number=02 ;;
        *.csv) number=03 ;;
        *.tsv) number=04 ;;
        *.html) number=05 ;;
        *.warc) number=06 ;;
        *.tar) number=07 ;;
        *.zip) number=10 ;;
        *.warc.gz | *.wet.gz) number=12 ;;
        *) continue ;;
    esac
    name=$(tr / - <<<"${file#tests/golden/}")
    { printf "\\0$number\\0"; cat "$file"; } >"$corpus/records/$name"
    if [[ $number == 00 ]]; then { printf '\0'; cat "$file"; } >"$corpus/decode/$name"; fi
done

# Each rule of a pack alone, and its examples as the document.
for pack in any en de ja ar; do
    awk -v pack="$pack" -v out="$corpus/rules/$pack-" '
        function flush() {
            if (rule == "") return
            text = rule; gsub(/^.*\ncut = /, "", text); gsub(/\\n|", "|\[\[|\]\]/, "\n", text)
            if (rule !~ /"@/) { file = out n++; printf "pack = \"own\"\n%s=====\n%s", rule, text > file; close(file) }
        }
        /^\[\[rule\]\]/ { flush(); rule = "" }
        /^\[\[rule\]\]/ || rule != "" { rule = rule $0 "\n" }
        END { flush() }' "src/stage/boilerplate/rules/$pack.toml"
done
