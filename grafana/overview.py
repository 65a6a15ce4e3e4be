"""Overview: is it healthy, is anyone waiting, what was decided."""

from __future__ import annotations

from grafana.panels import Panel, Query, Row, above, below

ROWS = (
    Row(
        "Is it healthy",
        (
            Panel(
                "Workers",
                "Workers that have their partitions and reach Kafka and Redis. None: nothing is decided.",
                "short",
                (Query("sum(leadlock_ready{@})", "ready"),),
                below(1),
                "LeadlockNoWorker",
                "stat",
                4,
            ),
            Panel(
                "Targets that answer",
                "Processes of the chosen jobs that Prometheus reaches.",
                "short",
                (Query("sum(up{@})", "up"),),
                below(1),
                "LeadlockWorkerDown",
                "stat",
                4,
            ),
            Panel(
                "Decided within 5 s",
                "The objective is 99% of events, from their arrival in Kafka to the delivery of their decisions.",
                "percentunit",
                (
                    Query(
                        'sum(rate(leadlock_event_latency_seconds_bucket{@,le="5.0"}[$__rate_interval]))'
                        " / sum(rate(leadlock_event_latency_seconds_count{@}[$__rate_interval]))",
                        "within 5 s",
                    ),
                ),
                below(0.99),
                "LeadlockDecisionsLate",
                "stat",
                4,
                1,
            ),
            Panel(
                "Behind",
                "Age of the oldest event that is not decided.",
                "s",
                (Query("max(leadlock_behind_seconds{@})", "behind"),),
                above(5, 60),
                "LeadlockBehind",
                "stat",
                4,
            ),
            Panel(
                "Lag",
                "Records that wait in all topics.",
                "short",
                (Query("sum(leadlock_lag_records{@})", "records"),),
                above(1000, 100_000),
                "LeadlockLagGrowing",
                "stat",
                4,
            ),
            Panel(
                "Dead letters",
                "Records that could not be read, in the chosen time.",
                "short",
                (Query("sum(increase(leadlock_dead_letters_total{@}[$__range]))", "dead letters"),),
                above(1),
                "LeadlockDeadLetters",
                "stat",
                4,
            ),
            Panel(
                "Alerts that fire",
                "Each has a runbook of its name in docs/runbooks.",
                "short",
                (Query('sum by (alertname, severity) (ALERTS{alertname=~"Leadlock.+",alertstate="firing"})'),),
                above(1),
                "",
                "table",
                24,
            ),
        ),
    ),
    Row(
        "Is anyone waiting",
        (
            Panel(
                "What waits for somebody",
                "Ownership reviews, possible duplicates, matches to confirm and missed response times that are open.",
                "short",
                (Query("max by (what) (leadlock_matters_open{@})", "{{what}}"),),
            ),
            Panel(
                "How long it has waited",
                "Since the longest waiting one was told, by kind.",
                "s",
                (Query("max by (what) (leadlock_matter_oldest_seconds{@})", "{{what}}"),),
                above(28_800, 86_400),
            ),
            Panel(
                "Deadlines overdue",
                "How long the oldest deadline has been due. Locks, reviews and response times end late by that.",
                "s",
                (Query("max(leadlock_deadline_overdue_seconds{@})", "overdue"),),
                above(10, 60),
                "LeadlockDeadlinesOverdue",
            ),
        ),
    ),
    Row(
        "What was decided",
        (
            Panel(
                "Events",
                "Records taken in and committed, by topic.",
                "eps",
                (Query("sum by (topic) (rate(leadlock_events_total{@}[$__rate_interval]))", "{{topic}}"),),
                kind="stack",
            ),
            Panel(
                "Decisions",
                "Committed decisions by kind.",
                "ops",
                (Query("sum by (kind) (rate(leadlock_decisions_total{@}[$__rate_interval]))", "{{kind}}"),),
                kind="stack",
            ),
            Panel(
                "Pre-send checks",
                "Answers by verdict.",
                "ops",
                (Query("sum by (verdict) (rate(leadlock_send_verdicts_total{@}[$__rate_interval]))", "{{verdict}}"),),
                kind="stack",
            ),
        ),
    ),
    Row(
        "What runs",
        (
            Panel(
                "Versions",
                "What each process is.",
                "short",
                (Query("max by (instance, version, python, librdkafka) (leadlock_build_info{@})"),),
                kind="table",
                width=12,
            ),
            Panel(
                "Rules of engagement",
                "The policy of each process by its hash, as decisions name it. They must be the same.",
                "short",
                (Query("max by (instance, policy) (leadlock_policy_info{@})"),),
                above(2),
                "LeadlockPolicyDiffers",
                "table",
                12,
            ),
        ),
    ),
)
