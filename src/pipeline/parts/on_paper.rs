//! On paper: what 10¹⁰ documents would take on Spark, and where the design would have to change first.
//!
//! Measured on 32,036 scraped articles of 4.1 kB (2026-11-29; Spark 4.3.0, a master and two workers of one core on one
//! machine): bytes by `python/tests/shuffled.py` from the event log, after Spark's LZ4; processor time as said below.
//!
//! | what | a document | 10¹⁰ documents |
//! |---|---|---|
//! | input | 4.1 kB | 41 TB |
//! | documents, laid down once in the scratch folder and read three times | 2.2 kB | 22 TB |
//! | what `near-dedup` is told, in the scratch folder | 490 B | 4.9 TB |
//! | rows of all tables, in the scratch folder, before they are files | 1.4 kB | 14 TB |
//! | shuffle for `learned-boilerplate` | 181 B | 1.8 TB |
//! | shuffle for `exact-dedup` | 27 B | 0.3 TB |
//! | shuffle for `near-dedup` | 555 B | 5.6 TB |
//! | shuffles of names, verdicts and standings | 80 B | 0.8 TB |
//! | sums of 8 partitions (words by source and language, lines that were cut), before any compression | 520 B | less, see below |
//! | processor time of `copydesk run` (release build, word statistics included) | 0.51 ms | 1,400 core hours |
//! | the same in the job on Spark: 1.5 times as much | 0.78 ms | 2,200 core hours |
//!
//! The factor is that of development builds without statistics, all processes counted (`cpuacct` of a control group): 24.7 s of
//! processor time for a local run over that dump; 34.6 s for the job on Sail; 148.0 s on Spark, of which a job over 56 documents
//! takes 110.1 s as well: six JVMs, their start, and plans.
//!
//! A hundred machines of 16 virtual cores and 64 GiB (a task a core, 4 GiB a task) would do 2,200 core hours in an hour and a
//! half, were none of them ever waiting. At 0.0408 US dollars a virtual core and hour (half of an m7g.large of AWS, on demand,
//! us-east-1, June 2026) that is about 90 dollars; with a managed service's fee and a cluster that waits for its disks, a few
//! hundred. The scratch folder and the shuffles want 50 TB of disk meanwhile.
//!
//! That is arithmetic, not a promise: the job as it is would not get there. In the order in which it would break:
//!
//! 1. **`near-dedup` is resolved in one task.** 5.6 TB would go through one disk, and 45 bytes a document of index and trees
//!    are 450 GB of memory. One task is good for some 10⁸ documents: 4.5 GB of memory, and 0.6 s for the 32,036 above make
//!    half an hour for 10⁸. Beyond, keys are joined by key in parallel (pairs instead of keys cross), pairs are counted by
//!    pair, and compared where the two sketches of a pair are brought together; trees are grown by the star algorithm in
//!    rounds; and the clusters are settled one by one, each with its own sketches, by the function that settles them now.
//!    How common a shingle is, is a table of 64 MiB of saturating counts, and such tables can be added up: each partition
//!    counts the documents that are in no pair, and only those that are in one need to meet, under numbers without gaps.
//! 2. **32-bit numbers.** A [`DocId`](crate::document::DocId) has 32 bits, and the job refuses what has more than 4,294,967,295
//!    documents. It would have 64; a pair of numbers is one 64-bit key of a census today and would be two. Sampled shingles
//!    have 32 bits as well, and the table above has 2²⁶ cells: 6·10¹¹ shingles fill every cell to the brim, all count as
//!    common, and nothing is found. Both would have to grow with the corpus.
//! 3. **Verdicts that are too many to broadcast.** Joined with a few megabytes of verdicts, documents stay where they are.
//!    Past `spark.sql.autoBroadcastJoinThreshold` (10 MB) Spark sorts both sides, and 2.2 kB a document cross in each of three
//!    passes: 66 TB more. (At 100,000 made-up records with ids of their own it was the table of names that was too large: the
//!    last pass shuffled 1.2 kB a document.) Verdicts would be routed to the piece of the input that a document is from, and met there.
//! 4. **Chains of duplicates in one task**: 60 bytes a duplicate. One in a hundred is 6 GB and works; one in three does not.
//!    The same star algorithm is the way out.
//! 5. **The driver** lists the input alone, at 100 bytes a file, and sends pieces of 64 MB: 640,000 rows. Ten million files
//!    take a gigabyte; single files of text by the billion would have to be packed first.
//! 6. **The vocabulary goes through the driver.** Sums are merged by range of hashes in up to 64 tasks, and the driver gets each
//!    word once: 14 MB for the 32,036 documents, which is 440 B each, for most words are rare. It grows more slowly than the corpus,
//!    by Heaps's law: with an exponent of 0.65, 10¹⁰ documents come to some 50 GB, which the driver sorts on its disk. Beyond, a range would hand on its spectra and its most frequent words alone, which add up; collocations
//!    would need the frequencies of their words broadcast first. Clusters are held by the driver, at some 700 bytes each. With
//!    `arf`, `growth` and a dispersion over documents all words go that way, six bytes a token: those are for smaller corpora.
//! 7. **A file is read by one task.** Dumps of that size come in shards; one of 100 GB would hold everything up.
