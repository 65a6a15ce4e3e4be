"""Stores: Redis and Kafka, from the inside and from the outside."""

from __future__ import annotations

from grafana.panels import Panel, Query, Row, above, below

ROWS = (
    Row(
        "Redis, as workers see it",
        (
            Panel(
                "Away",
                "Workers that get no answer from Redis.",
                "short",
                (Query("sum(leadlock_store_away{@})", "away"),),
                ((1, "red"),),
                "LeadlockRedisAway",
                "stat",
                6,
            ),
            Panel(
                "Last look",
                "Since a worker last read the figures of this page.",
                "s",
                (Query("time() - max(leadlock_store_read_timestamp_seconds{@})", "ago"),),
                above(15, 60),
                "LeadlockRedisAway",
                "stat",
                6,
            ),
            Panel(
                "Keeps everything",
                "1: noeviction. 0: locks may vanish when memory runs low.",
                "short",
                (Query("min(leadlock_store_noeviction{@})", "noeviction"),),
                below(1),
                "LeadlockRedisEvicts",
                "stat",
                6,
            ),
            Panel(
                "Keys",
                "A document for each contact, company and lead, and some histories.",
                "short",
                (Query("max(leadlock_store_keys{@})", "keys"),),
                kind="stat",
                width=6,
            ),
            Panel(
                "Answers",
                "The slowest hundredth by operation.",
                "s",
                (
                    Query(
                        "histogram_quantile(0.99, sum by (le, operation) (rate(leadlock_store_seconds_bucket{@}[$__rate_interval])))",
                        "{{operation}}",
                    ),
                ),
                above(0.1, 1),
            ),
            Panel(
                "Mean answer",
                "By operation.",
                "s",
                (
                    Query(
                        "sum by (operation) (rate(leadlock_store_seconds_sum{@}[$__rate_interval]))"
                        " / sum by (operation) (rate(leadlock_store_seconds_count{@}[$__rate_interval]))",
                        "{{operation}}",
                    ),
                ),
                above(0.05, 0.5),
            ),
            Panel(
                "Not answered",
                "Operations that failed, and returns after an outage.",
                "short",
                (
                    Query("sum by (operation) (increase(leadlock_store_errors_total{@}[$__rate_interval]))", "{{operation}}"),
                    Query("sum(increase(leadlock_store_reconnects_total{@}[$__rate_interval]))", "returned"),
                ),
                above(1),
                "LeadlockRedisAway",
            ),
            Panel(
                "Memory",
                "Used, and the limit if there is one.",
                "bytes",
                (
                    Query("max(leadlock_store_memory_bytes{@})", "used"),
                    Query("max(leadlock_store_memory_limit_bytes{@}) > 0", "limit"),
                ),
                alert="LeadlockRedisMemoryHigh",
            ),
            Panel(
                "Outbox",
                "Commits whose decisions are not known to be in Kafka yet, and the age of the oldest.",
                "short",
                (
                    Query("max(leadlock_outbox_entries{@})", "entries"),
                    Query("max(leadlock_outbox_oldest_seconds{@})", "seconds"),
                ),
                above(60),
                "LeadlockOutboxStuck",
            ),
            Panel(
                "Deadlines",
                "Armed, and due but not fired.",
                "short",
                (
                    Query("max(leadlock_deadlines_armed{@})", "armed"),
                    Query("max(leadlock_deadlines_overdue{@})", "overdue"),
                ),
                alert="LeadlockDeadlinesOverdue",
            ),
            Panel(
                "Directory",
                "Accounts and reps in each worker's replica.",
                "short",
                (Query("max by (kind) (leadlock_directory_entries{@})", "{{kind}}"),),
                width=12,
            ),
            Panel(
                "Directory behind",
                "Since each replica was last level with Redis.",
                "s",
                (Query("leadlock_directory_staleness_seconds{@}", "{{instance}}"),),
                above(15, 60),
                "LeadlockDirectoryStale",
                width=12,
            ),
        ),
    ),
    Row(
        "Kafka, as workers see it",
        (
            Panel(
                "Brokers connected",
                "Of those that each client knows. A client connects to those that it needs.",
                "short",
                (
                    Query("min by (client) (leadlock_kafka_brokers_up{@})", "{{client}} connected"),
                    Query("max by (client) (leadlock_kafka_brokers{@})", "{{client}} known"),
                ),
                below(1),
                "LeadlockKafkaAway",
            ),
            Panel(
                "Round trip",
                "Mean, to the slowest broker. A consumer's includes the time that the broker waits for something to send.",
                "s",
                (Query("max by (client) (leadlock_kafka_rtt_seconds{@})", "{{client}}"),),
                above(0.5, 2),
            ),
            Panel(
                "Connections and errors",
                "Connections tried, and errors that the clients report, by librdkafka's name.",
                "short",
                (
                    Query("sum by (client) (increase(leadlock_kafka_connects_total{@}[$__rate_interval]))", "{{client}} connects"),
                    Query("sum by (client, error) (increase(leadlock_kafka_errors_total{@}[$__rate_interval]))", "{{client}} {{error}}"),
                ),
                above(10),
                "LeadlockKafkaAway",
            ),
        ),
    ),
    Row(
        "From the outside",
        (
            Panel(
                "Redis commands",
                "By the redis exporter, of everybody who uses that Redis.",
                "ops",
                (Query('sum by (instance) (rate(redis_commands_processed_total{job="redis"}[$__rate_interval]))', "{{instance}}"),),
                width=6,
            ),
            Panel(
                "Redis persistence",
                "1 when the append-only file was last written without error.",
                "short",
                (Query('min by (instance) (redis_aof_last_write_status{job="redis"})', "{{instance}}"),),
                below(1),
                "LeadlockRedisAway",
                width=6,
            ),
            Panel(
                "Group lag",
                "By the Kafka exporter: what the group has not committed, whether or not a worker runs.",
                "short",
                (Query('sum by (consumergroup, topic) (kafka_consumergroup_lag{job="kafka"})', "{{consumergroup}} {{topic}}"),),
                above(1000, 100_000),
                "LeadlockNoWorker",
                width=6,
            ),
            Panel(
                "Partitions that lack a replica",
                "By the Kafka exporter.",
                "short",
                (Query('sum by (topic) (kafka_topic_partition_under_replicated_partition{job="kafka"})', "{{topic}}"),),
                ((1, "red"),),
                "LeadlockKafkaUnderReplicated",
                width=6,
            ),
        ),
    ),
)
