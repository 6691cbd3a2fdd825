//! On paper: what 10¹⁰ documents would take on Spark, and where the design would have to change first.
//!
//! Measured on 32,036 scraped articles of 4.1 kB (2026-11-29, `near-dedup` 2026-11-30; Spark 4.3.0, a master and two workers
//! of one core on one machine): bytes by `python/tests/shuffled.py` from the event log, after Spark's LZ4;
//! processor time as said below.
//!
//! | what | a document | 10¹⁰ documents |
//! |---|---|---|
//! | input | 4.1 kB | 41 TB |
//! | documents, laid down once in the scratch folder and read three times | 2.2 kB | 22 TB |
//! | what `near-dedup` is told, in the scratch folder (490 B, and 56 since a shingle has 36 bits) | 546 B | 5.5 TB |
//! | rows of all tables, in the scratch folder, before they are files | 1.4 kB | 14 TB |
//! | shuffle for `learned-boilerplate` | 181 B | 1.8 TB |
//! | shuffle for `exact-dedup` | 27 B | 0.3 TB |
//! | shuffles for `near-dedup`: keys, pairs of them, sketches | 1,021 B | 10.2 TB |
//! | the same: how common shingles are, counted twice | 520 B | 5.2 TB |
//! | the same: trees, clusters, sketches of clusters | 84 B | 0.8 TB |
//! | pairs of sketches in the scratch folder (before they grew by a sixth) | 260 B | 2.6 TB |
//! | shuffles of names, verdicts and standings | 80 B | 0.8 TB |
//! | sums of 8 partitions (words by source and language, lines that were cut), before any compression | 520 B | less, see below |
//! | processor time of `copydesk run` (release build, word statistics included) | 0.41 ms | 1,100 core hours |
//! | the same in the job on Spark: 1.5 times as much | 0.61 ms | 1,700 core hours |
//!
//! The factor is that of development builds without statistics, all processes counted (`cpuacct` of a control group): 24.7 s
//! of processor time for a local run over that dump, 37.7 s for the job on Sail (34.3 s while `near-dedup` was resolved in one task).
//! On Spark, with the machine busy, 181.6 s (161.5 s then), of which a job over 56 documents takes 130.6 s as well (112.1 s
//! then): six JVMs, their start, and plans. So the steps cost a job 18 s on Spark, and a document next to nothing.
//!
//! A hundred machines of 16 virtual cores and 64 GiB (a task a core, 4 GiB a task) would do 1,700 core hours in little more
//! than an hour, were none of them ever waiting. At 0.0408 US dollars a virtual core and hour (half of an m7g.large of AWS, on demand,
//! us-east-1, June 2026) that is about 70 dollars; with a managed service's fee and a cluster that waits for its disks, a few
//! hundred. The scratch folder and the shuffles want 62 TB of disk meanwhile.
//!
//! That is arithmetic, not a promise: the job as it is would not get there. In the order in which it would break:
//!
//! 1. **Hashes of shingles run short.** They have 36 bits, and a document's smallest lie in a ninth of the room: among 10⁸
//!    documents three values of ten are those of two shingles, at 10⁹ each is, and what is rare then passes for common, so that
//!    only what says the same throughout is found. Another byte a shingle, 56 a document, carries 256 times as far. The counts
//!    themselves are exact, and only those of common shingles go to all tasks.
//! 2. **Trees of stories are looked at in one task each**, at 50 bytes a pair that was found, without sketches. Most trees are of
//!    two or three documents, but they are plain connected components, which chains of small changes make grow: on a million
//!    articles they made one of 23,000 (`dedup/cluster.rs`). One of 10⁷ pairs, half a gigabyte, is still good; beyond,
//!    composites would be found by the document that holds others, the trees without them grown by another star, and the votes
//!    of the second level counted by tree, each a shuffle more. Sketches only meet by cluster, which are small.
//! 3. **32-bit numbers.** A [`DocId`](crate::document::DocId) has 32 bits, and the job refuses what has more than 4,294,967,295
//!    documents. It would have 64; a pair of numbers is one 64-bit key of a census today and would be two.
//! 4. **Verdicts that are too many to broadcast.** Joined with a few megabytes of verdicts, documents stay where they are.
//!    Past `spark.sql.autoBroadcastJoinThreshold` (10 MB) Spark sorts both sides, and 2.2 kB a document cross in each of three
//!    passes: 66 TB more. (At 100,000 made-up records with ids of their own it was the table of names that was too large: the
//!    last pass shuffled 1.2 kB a document.) Verdicts would be routed to the piece of the input that a document is from, and met there.
//! 5. **Chains of duplicates in one task**: 60 bytes a duplicate. One in a hundred is 6 GB and works; one in three does not.
//!    The same star algorithm is the way out.
//! 6. **The driver** lists the input alone, at 100 bytes a file, and sends pieces of 64 MB: 640,000 rows. Ten million files
//!    take a gigabyte; single files of text by the billion would have to be packed first.
//! 7. **The vocabulary goes through the driver.** Sums are merged by range of hashes in up to 64 tasks, and the driver gets each
//!    word once: 14 MB for the 32,036 documents, which is 440 B each, for most words are rare. It grows more slowly than the corpus,
//!    by Heaps's law: with an exponent of 0.65, 10¹⁰ documents come to some 50 GB, which the driver sorts on its disk. Beyond, a range would hand on its spectra and its most frequent words alone, which add up; collocations
//!    would need the frequencies of their words broadcast first. Clusters are held by the driver, at some 700 bytes each. With
//!    `arf`, `growth` and a dispersion over documents all words go that way, six bytes a token: those are for smaller corpora.
//! 8. **A file is read by one task.** Dumps of that size come in shards; one of 100 GB would hold everything up.
