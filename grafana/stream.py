"""Stream: panels in the order of an event's path."""

from __future__ import annotations

from grafana.panels import Panel, Query, Row, above

BUCKETS = "sum by (le) (rate(leadlock_event_latency_seconds_bucket{@}[$__rate_interval]))"
PERCENTILES = tuple(Query(f"histogram_quantile({share}, {BUCKETS})", f"p{share * 100:g}") for share in (0.5, 0.95, 0.99))

ROWS = (
    Row(
        "What comes in",
        (
            Panel(
                "Events by topic",
                "Records taken in and committed.",
                "eps",
                (Query('sum by (topic) (rate(leadlock_events_total{@,topic=~"$topic"}[$__rate_interval]))', "{{topic}}"),),
                kind="stack",
            ),
            Panel(
                "Lag by topic",
                "Records not yet delivered.",
                "short",
                (Query('sum by (topic) (leadlock_lag_records{@,topic=~"$topic"})', "{{topic}}"),),
                above(1000, 100_000),
                "LeadlockLagGrowing",
            ),
            Panel(
                "Lag by partition",
                "One that stands out has a hot key, or a worker that stalls.",
                "short",
                (Query('leadlock_lag_records{@,topic=~"$topic"} > 0', "{{topic}}:{{partition}}"),),
                above(1000, 100_000),
                "LeadlockWorkerStalled",
            ),
            Panel(
                "Records in a batch",
                "How many are decided and committed together: small ones mean an idle stream, full ones a busy one.",
                "short",
                (
                    Query("histogram_quantile(0.5, sum by (le) (rate(leadlock_batch_records_bucket{@}[$__rate_interval])))", "p50"),
                    Query(
                        "sum(rate(leadlock_batch_records_sum{@}[$__rate_interval]))"
                        " / sum(rate(leadlock_batch_records_count{@}[$__rate_interval]))",
                        "mean",
                    ),
                ),
            ),
            Panel(
                "Dead letters",
                "Records that could not be read, by topic and error.",
                "short",
                (
                    Query(
                        'sum by (topic, reason) (increase(leadlock_dead_letters_total{@,topic=~"$topic"}[$__rate_interval]))',
                        "{{topic}} {{reason}}",
                    ),
                ),
                above(1),
                "LeadlockDeadLetters",
            ),
            Panel(
                "Share of dead letters",
                "The objective is less than 0.1% of events.",
                "percentunit",
                (
                    Query(
                        "sum(rate(leadlock_dead_letters_total{@}[$__rate_interval]))"
                        " / sum(rate(leadlock_events_total{@}[$__rate_interval]))",
                        "share",
                    ),
                ),
                above(0.0005, 0.001),
                "LeadlockDeadLetterBudget",
            ),
        ),
    ),
    Row(
        "How late",
        (
            Panel(
                "From event to decision",
                "From an event's arrival in Kafka to the delivery of its decisions. The objective is 5 s for 99%.",
                "s",
                (
                    *PERCENTILES,
                    Query(
                        "sum(rate(leadlock_event_latency_seconds_sum{@}[$__rate_interval]))"
                        " / sum(rate(leadlock_event_latency_seconds_count{@}[$__rate_interval]))",
                        "mean",
                    ),
                ),
                above(1, 5),
                "LeadlockDecisionsLate",
            ),
            Panel(
                "Behind",
                "Age of the oldest event that is not decided, by worker.",
                "s",
                (Query("leadlock_behind_seconds{@}", "{{instance}}"),),
                above(5, 60),
                "LeadlockBehind",
            ),
            Panel(
                "Where the time goes",
                "Mean time that a batch spends in each stage, in the order of its path.",
                "s",
                (
                    Query(
                        "sum by (stage) (rate(leadlock_stage_seconds_sum{@}[$__rate_interval]))"
                        " / sum by (stage) (rate(leadlock_stage_seconds_count{@}[$__rate_interval]))",
                        "{{stage}}",
                    ),
                ),
                kind="stack",
            ),
            Panel(
                "Slow batches",
                "The slowest hundredth in each stage.",
                "s",
                (
                    Query(
                        "histogram_quantile(0.99, sum by (le, stage) (rate(leadlock_stage_seconds_bucket{@}[$__rate_interval])))",
                        "{{stage}}",
                    ),
                ),
                above(1, 5),
                width=12,
            ),
            Panel(
                "On their way",
                "Batches handed on and not delivered, and records that Kafka has not acknowledged.",
                "short",
                (
                    Query("sum by (instance) (leadlock_batches_in_flight{@})", "batches {{instance}}"),
                    Query("sum by (instance) (leadlock_undelivered_records{@})", "records {{instance}}"),
                ),
                width=12,
            ),
        ),
    ),
    Row(
        "What goes wrong",
        (
            Panel(
                "Conflicts",
                "Groups decided again because another worker had changed a record of theirs. Many: publishers' keys scatter contacts.",
                "ops",
                (Query("sum by (instance) (rate(leadlock_conflicts_total{@}[$__rate_interval]))", "{{instance}}"),),
            ),
            Panel(
                "Read again",
                "Times that Redis held older offsets than expected.",
                "short",
                (Query("sum by (instance) (increase(leadlock_rewinds_total{@}[$__rate_interval]))", "{{instance}}"),),
                above(1),
                "LeadlockRedisRewound",
            ),
            Panel(
                "Left behind and published",
                "Outbox entries of workers that ended before they had published.",
                "short",
                (Query("sum by (instance) (increase(leadlock_outbox_swept_total{@}[$__rate_interval]))", "{{instance}}"),),
            ),
        ),
    ),
    Row(
        "Asked over HTTP",
        (
            Panel(
                "Requests",
                "Answers of leadlock serve by address.",
                "reqps",
                (Query("sum by (method, address) (rate(leadlock_http_seconds_count{@}[$__rate_interval]))", "{{method}} {{address}}"),),
                alert="LeadlockWebDown",
                kind="stack",
            ),
            Panel(
                "Time to answer",
                "The slowest hundredth by address, and the mean of all. The aim for a check is 5 ms.",
                "s",
                (
                    Query(
                        "histogram_quantile(0.99, sum by (le, address) (rate(leadlock_http_seconds_bucket{@}[$__rate_interval])))",
                        "{{address}}",
                    ),
                    Query(
                        "sum(rate(leadlock_http_seconds_sum{@}[$__rate_interval]))"
                        " / sum(rate(leadlock_http_seconds_count{@}[$__rate_interval]))",
                        "mean",
                    ),
                ),
                above(0.1, 1),
            ),
            Panel(
                "Not served",
                "Answers of 429 and from 500 on. 503: Redis or Kafka is away, and the asker does what the policy says for that.",
                "reqps",
                (
                    Query(
                        'sum by (status) (rate(leadlock_http_seconds_count{@,status=~"429|5.."}[$__rate_interval]))',
                        "{{status}}",
                    ),
                ),
                ((0.001, "yellow"), (1, "red")),
            ),
        ),
    ),
    Row(
        "Workers",
        (
            Panel(
                "Heartbeat",
                "Since the event loop and the feed last turned.",
                "s",
                (Query("time() - leadlock_heartbeat_timestamp_seconds{@}", "{{instance}} {{part}}"),),
                above(15, 60),
                "LeadlockNoHeartbeat",
                width=6,
            ),
            Panel(
                "Processor",
                "Cores used. One worker can use little more than one.",
                "short",
                (Query("rate(process_cpu_seconds_total{@}[$__rate_interval])", "{{instance}}"),),
                above(0.9),
                width=6,
            ),
            Panel(
                "Memory",
                "Resident, and all that is mapped.",
                "bytes",
                (
                    Query("process_resident_memory_bytes{@}", "{{instance}}"),
                    Query("process_virtual_memory_bytes{@}", "{{instance}} mapped"),
                ),
                width=6,
            ),
            Panel(
                "Open files",
                "Share of what the process may open.",
                "percentunit",
                (Query("process_open_fds{@} / process_max_fds{@}", "{{instance}}"),),
                above(0.5, 0.8),
                width=6,
            ),
        ),
    ),
)
