"""Ownership: what was decided about who may write to whom."""

from __future__ import annotations

from grafana.panels import Panel, Query, Row, above


def of_kinds(kinds: str, by: str = "kind", legend: str = "") -> tuple[Query, ...]:
    """Decisions of some kinds."""
    expr = f'sum by ({by}) (increase(leadlock_decisions_total{{@,kind=~"{kinds}"}}[$__rate_interval]))'
    return (Query(expr, legend or f"{{{{{by}}}}}"),)


ROWS = (
    Row(
        "Locks",
        (
            Panel("Taken", "Locks granted, by the rule that gave them.", "short", of_kinds("claim_granted", "rule"), kind="stack"),
            Panel(
                "Denied and refused",
                "Claims denied and commands refused, by rule.",
                "short",
                of_kinds("claim_denied|command_refused", "kind,rule", "{{kind}} {{rule}}"),
            ),
            Panel(
                "Changed hands",
                "Transfers and renewals, by rule.",
                "short",
                of_kinds("ownership_transferred|claim_renewed", "kind,rule", "{{kind}} {{rule}}"),
            ),
            Panel(
                "Released by cause",
                "Why ownership ended: bounce, unsubscribe, complaint, not interested, given back.",
                "short",
                of_kinds("ownership_released", "rule"),
                kind="stack",
            ),
            Panel("Ran out", "Locks that time ended, by rule.", "short", of_kinds("ownership_expired", "rule"), kind="stack"),
            Panel(
                "Deadlines",
                "Deadlines taken up; those armed are on the dashboard Stores.",
                "ops",
                (Query("sum by (instance) (rate(leadlock_deadlines_fired_total{@}[$__rate_interval]))", "{{instance}}"),),
                alert="LeadlockDeadlinesOverdue",
            ),
        ),
    ),
    Row(
        "Sends",
        (
            Panel(
                "Verdicts",
                "Answers to the pre-send check at import and at launch.",
                "short",
                (
                    Query(
                        "sum by (verdict, stage) (increase(leadlock_send_verdicts_total{@}[$__rate_interval]))", "{{verdict}} at {{stage}}"
                    ),
                ),
                kind="stack",
            ),
            Panel("Why", "The rule that answered.", "short", of_kinds("send_verdict", "rule"), kind="stack"),
            Panel(
                "Overlaps",
                "Two reps at one prospect, and the sequences paused and resumed.",
                "short",
                of_kinds("overlap_detected|outreach_paused|outreach_resumed"),
            ),
        ),
    ),
    Row(
        "Suppression",
        (
            Panel(
                "Suppressed",
                "Suppressions set, by flag.",
                "short",
                (Query("sum by (flag) (increase(leadlock_suppressions_total{@}[$__rate_interval]))", "{{flag}}"),),
                kind="stack",
                width=12,
            ),
            Panel(
                "Written to all the same",
                "Mails to people who were suppressed when they were sent. Each is one too many.",
                "short",
                (Query("sum by (flag) (increase(leadlock_suppression_violations_total{@}[$__rate_interval]))", "{{flag}}"),),
                ((0.001, "red"),),
                "LeadlockSuppressionViolated",
                width=12,
            ),
        ),
    ),
    Row(
        "Reviews",
        (
            Panel(
                "Opened, escalated, decided",
                "Ownership reviews as they go.",
                "short",
                of_kinds("review_opened|review_escalated|review_decided"),
            ),
            Panel(
                "Open by level",
                "1 rep to rep, 2 team lead, 3 RevOps.",
                "short",
                (Query("max by (level) (leadlock_reviews_open{@})", "level {{level}}"),),
                kind="stack",
            ),
            Panel(
                "Age by level",
                "Since the oldest open review reached its level.",
                "s",
                (Query("max by (level) (leadlock_review_oldest_seconds{@})", "level {{level}}"),),
                above(28_800, 86_400),
            ),
        ),
    ),
    Row(
        "Leads",
        (
            Panel(
                "How leads found their account",
                "By method; none: no account was found.",
                "short",
                (Query("sum by (method) (increase(leadlock_lead_matches_total{@}[$__rate_interval]))", "{{method}}"),),
                kind="stack",
            ),
            Panel("Routed by rule", "The routing rule that won.", "short", of_kinds("lead_routed", "rule"), kind="stack"),
            Panel(
                "Routed by priority",
                "Hot leads have minutes, normal ones hours.",
                "short",
                (Query("sum by (priority) (increase(leadlock_leads_routed_total{@}[$__rate_interval]))", "{{priority}}"),),
                kind="stack",
            ),
            Panel(
                "Response times",
                "Routed leads whose owner touched them in time, and those that nobody did.",
                "short",
                (Query("sum by (outcome) (increase(leadlock_response_times_total{@}[$__rate_interval]))", "{{outcome}}"),),
                kind="stack",
            ),
            Panel(
                "Duplicates held",
                "Leads that wait for somebody to say whether they are the same person's.",
                "short",
                (Query('max(leadlock_matters_open{@,what="duplicate"})', "held"),),
            ),
            Panel(
                "Duplicates",
                "Suspected, merged and kept apart.",
                "short",
                of_kinds("duplicate_suspected|duplicate_merged|duplicate_separated"),
            ),
        ),
    ),
)
