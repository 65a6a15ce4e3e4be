"""The policy: its defaults, its effective values, its hash, and every fault named with the nearest valid word."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import BadPolicy, Policy
from schemas.durations import DAY, HOUR, LONGEST, MINUTE, SECOND, UNITS, format_clock, format_duration, parse_clock, parse_duration
from schemas.toml_text import to_toml

from .examples import ROOT, schema_of

FILE = ROOT.parent / "rules-of-engagement.toml"


def faults(text: str) -> list[tuple[str, str | None]]:
    with pytest.raises(BadPolicy) as caught:
        Policy.parse(text)
    for fault in caught.value.faults:
        assert f"`{fault.path}`" in str(caught.value)
        assert fault.nearest is None or f"`{fault.nearest}`" in str(caught.value)
    return [(fault.path, fault.nearest) for fault in caught.value.faults]


def test_the_default_file_is_the_defaults_and_shows_every_key() -> None:
    policy = Policy.read(FILE)
    assert policy.effective() == Policy().effective()
    assert policy == Policy()
    written = tomllib.loads(FILE.read_text())
    assert {table: set(keys) for table, keys in written.items()} == {
        table: set(keys) for table, keys in policy.effective().items() if table != "named_accounts"
    }


def test_the_contracts_defaults() -> None:
    policy = Policy.parse("")
    windows = policy.windows
    assert (windows.activation, windows.review, windows.late_touch) == (48 * HOUR, 21 * DAY, 10 * MINUTE)
    assert (windows.replied_recently, windows.not_interested, windows.out_of_office) == (30 * DAY, 90 * DAY, 7 * DAY)
    assert (windows.research, windows.without_reply, windows.sequence_idle) == (24 * HOUR, 60 * DAY, 14 * DAY)
    assert (windows.soft_bounces, windows.remember_events) == (3, 7 * DAY)
    assert (policy.ownership.level, policy.ownership.family, policy.ownership.by_segment) == ("contact", "account", {})
    assert (policy.sends.account_overlap, policy.sends.missing_owner, policy.sends.other_mailbox) == ("warn", "block", "block")
    escalation = policy.escalation
    assert (escalation.rep_to_rep, escalation.team_lead, escalation.revops) == (30 * MINUTE, 2 * HOUR, "end_of_day")
    hours = policy.business_hours
    assert (hours.days, hours.start, hours.end) == (["mon", "tue", "wed", "thu", "fri"], 9 * HOUR, 18 * HOUR)
    assert (hours.timezone, hours.holidays) == ("UTC", "")
    assert (policy.sla.hot, policy.sla.normal, policy.sla.clock, policy.sla.on_miss) == (5 * MINUTE, 2 * HOUR, "business", "notify")
    assert (policy.matching.auto, policy.matching.confirm, policy.matching.second_signal, policy.matching.use_ip) == (80, 70, False, False)
    routing = policy.routing
    assert routing.order[0] == "contact_owner"
    assert routing.order[-1] == "territory"
    assert len(routing.order) == 12
    assert (routing.auto_account, routing.high_activity, routing.churn_recent) == (3, 3, 180 * DAY)
    assert (routing.competitor, routing.competitor_queue, routing.winback) == ("queue", "competitive-intelligence", "")
    assert routing.customer_contract_threshold == 50_000
    assert (policy.duplicates.while_unverified, policy.duplicates.flag_different_product) == ("hold", True)
    assert policy.named_accounts == []


def test_the_hash_is_that_of_the_effective_values() -> None:
    same = [
        "",
        "# a comment",
        '[windows]\nactivation = "2d"',
        '[windows]\nreview = "504h"\nactivation = "172800s"',
        '[sla]\nnormal = "120m"\n[windows]\nactivation = "48h"',
        '[business_hours]\ndays = ["fri", "thu", "wed", "tue", "mon"]',
        "[matching]\nauto = 80.0",
        '[routing]\ndefault = "territory"',
        "\ufeff[ownership]\n",
    ]
    assert {Policy.parse(text).hash for text in same} == {Policy().hash}
    other = ['[windows]\nactivation = "49h"', '[matching.aliases]\nIBM = "International Business Machines"', "[matching]\nauto = 80.5"]
    hashes = {Policy.parse(text).hash for text in other} | {Policy().hash}
    assert len(hashes) == 4
    assert all(len(each) == 12 and int(each, 16) >= 0 for each in hashes)


def test_effective_values_are_a_policy_again() -> None:
    text = """
    [ownership.by_segment]
    enterprise = "account"
    [windows]
    late_touch = "0s"
    review = "36h"
    [escalation]
    revops = "4h"
    [business_hours]
    start = "00:00"
    end = "24:00"
    timezone = "america/new_york"
    holidays = "US"
    [matching]
    confirm = 72.5
    free_domains = ["Mail.Example", "mail.example", "münchen.de"]
    [matching.aliases]
    "I.B.M. \\"Big Blue\\" \\u007f" = "International Business Machines"
    [routing]
    order = ["territory", "contact_owner"]
    default = "weighted"
    [[named_accounts]]
    company = "Strategic Partner Corp"
    owner = "jane"
    """
    policy = Policy.parse(text)
    assert policy.windows.late_touch == 0
    assert policy.escalation.revops == 4 * HOUR
    assert policy.business_hours.timezone == "America/New_York"
    assert policy.matching.free_domains == ["mail.example", "xn--mnchen-3ya.de"]
    assert policy.routing.default == ["weighted"]
    printed = to_toml(policy.effective())
    assert tomllib.loads(printed) == policy.effective()
    assert Policy.parse(printed).hash == policy.hash
    schema = schema_of("rules-of-engagement")
    assert list(schema.iter_errors(tomllib.loads(text.strip()))) == []
    assert list(schema.iter_errors(policy.effective())) == []


@pytest.mark.parametrize(
    ("text", "path", "nearest"),
    [
        ('activation = "3d"', "activation", "windows.activation"),
        ("[windws]", "windws", "windows"),
        ('[windows]\nactivaton = "3d"', "windows.activaton", "activation"),
        ('[windows]\naccount_overlap = "warn"', "windows.account_overlap", "sends.account_overlap"),
        ('[windows]\nacount_overlap = "warn"', "windows.acount_overlap", "sends.account_overlap"),
        ('[windows]\nreview = "21 days"', "windows.review", "21d"),
        ("[windows]\nreview = 21", "windows.review", "21d"),
        ("[windows]\nactivation = 48", "windows.activation", "48h"),
        ("[windows]\nlate_touch = true", "windows.late_touch", None),
        ('[windows]\nreview = ["21d"]', "windows.review", "21d"),
        ('[windows]\nreview = "3w"', "windows.review", "21d"),
        ('[windows]\nnot_interested = "3 months"', "windows.not_interested", "90d"),
        ('[routing]\nchurn_recent = "half a year"', "routing.churn_recent", None),
        ('[routing]\nchurn_recent = "1 year"', "routing.churn_recent", "365d"),
        ('[windows]\nactivation = "1.5h"', "windows.activation", "90m"),
        ('[windows]\nout_of_office = "1d12h"', "windows.out_of_office", "36h"),
        ('[windows]\nresearch = "24 Hrs"', "windows.research", "24h"),
        ('[sla]\nhot = "-5m"', "sla.hot", "5m"),
        ('[sla]\nhot = "5 min"', "sla.hot", "5m"),
        ("[sla]\non_miss = 1", "sla.on_miss", "notify"),
        ('[sends]\naccount_overlap = "allow"', "sends.account_overlap", "warn"),
        ('[windows]\nsoft_bounces = "3"', "windows.soft_bounces", "3"),
        ("[windows]\nsoft_bounces = 1000000", "windows.soft_bounces", "999999"),
        ('[windows]\nreview = "0d"', "windows.review", "1s"),
        ('[windows]\nreview = "9999999999999d"', "windows.review", "3650d"),
        ("[windows]\nsoft_bounces = 0", "windows.soft_bounces", "1"),
        ('[windows]\nremember_events = "5m"', "windows.remember_events", "10m"),
        ('[ownership]\nlevel = "acount"', "ownership.level", "account"),
        ('[ownership.by_segment]\nsmbb = "account"', "ownership.by_segment.smbb", "smb"),
        ('[ownership.by_segment]\nsmb = "contacts"', "ownership.by_segment.smb", "contact"),
        ('[escalation]\nrevops = "end_of_week"', "escalation.revops", "end_of_day"),
        ('[escalation]\nrevops = "4 hours"', "escalation.revops", "4h"),
        ('[business_hours]\ndays = ["mon", "tus"]', "business_hours.days.1", "tue"),
        ('[business_hours]\ndays = ["mon", "mon"]', "business_hours.days", None),
        ("[business_hours]\ndays = []", "business_hours.days", None),
        ('[business_hours]\nstart = "9"', "business_hours.start", "09:00"),
        ('[business_hours]\nstart = "19:00"', "business_hours.end", "24:00"),
        ('[business_hours]\ntimezone = "Europe/Berlim"', "business_hours.timezone", "Europe/Berlin"),
        ('[business_hours]\nholidays = "us"', "business_hours.holidays", "US"),
        ('[business_hours]\nholidays = "UK"', "business_hours.holidays", "GB"),
        ('[business_hours]\nholidays = "ZX"', "business_hours.holidays", "ZW"),
        ('[sla]\nnormal = "3650d"', "sla.normal", "23445h"),
        ('[sla]\nhot = "100d"\n[business_hours]\nend = "09:01"\ndays = ["mon"]', "sla.hot", "521m"),
        ('[escalation]\nrevops = "3650d"', "escalation.revops", "23445h"),
        ("[matching]\nauto = 101", "matching.auto", "100"),
        ("[matching]\nauto = nan", "matching.auto", None),
        ("[matching]\nconfirm = 90", "matching.confirm", "80"),
        ('[matching]\nfree_domains = ["x"]', "matching.free_domains.0", None),
        ('[matching]\nsecond_signal = "yes"', "matching.second_signal", "true"),
        ("[duplicates]\nflag_different_product = 0", "duplicates.flag_different_product", "false"),
        ('[matching]\nfree_domains = "web.de"', "matching.free_domains", '["web.de"]'),
        ('[matching]\nfree_domains = ["me@web.de"]', "matching.free_domains.0", "web.de"),
        ('[matching]\npersonal_domains = ["https://www.smith.org/home"]', "matching.personal_domains.0", "www.smith.org"),
        ('[matching]\naliases = {"IBM" = "A", "ibm" = "B"}', "matching.aliases", None),
        ('[routing]\norder = "territory"', "routing.order", '["territory"]'),
        ('[routing]\ncustomer_contract_threshold = "$50,000"', "routing.customer_contract_threshold", "50000"),
        ("[routing]\nauto_account = 3.0", "routing.auto_account", "3"),
        ('[business_hours]\nend = "5:30 pm"', "business_hours.end", "17:30"),
        ('[business_hours]\nend = "25:00"', "business_hours.end", "24:00"),
        ('[business_hours]\ntimezone = "PST"', "business_hours.timezone", "America/Los_Angeles"),
        ('[business_hours]\ntimezone = "Berlin"', "business_hours.timezone", "Europe/Berlin"),
        ('[business_hours]\nholidays = "Germany"', "business_hours.holidays", "DE"),
        ('[business_hours]\nholidays = "USA"', "business_hours.holidays", "US"),
        ('[named_accounts]\ncompany = "A"\nowner = "x"', "named_accounts", None),
        ('[routing]\norder = ["contact_ownr"]', "routing.order.0", "contact_owner"),
        ('[routing]\norder = ["territory", "territory"]', "routing.order", None),
        ('[routing]\ndefault = "weigthed"', "routing.default.0", "weighted"),
        ("[routing]\nauto_account = true", "routing.auto_account", None),
        ('[[named_accounts]]\ncompany = "A"', "named_accounts.0.owner", None),
        ('[[named_accounts]]\ncompany = "A"\nowner = "x"\nnotes = ""', "named_accounts.0.notes", "note"),
        ("named_accounts = 3", "named_accounts", None),
        ("windows = 3", "windows", None),
        ("[windows", "the file", None),
        ("a = " + "[" * 5000, "the file", None),
    ],
)
def test_each_fault_is_named(text: str, path: str, nearest: str | None) -> None:
    assert faults(text) == [(path, nearest)]


def test_a_response_time_by_the_clock_may_be_as_long_as_any() -> None:
    assert Policy.parse('[sla]\nnormal = "3650d"\nclock = "always"').sla.normal == LONGEST


def test_every_fault_is_named_at_once() -> None:
    text = (
        '[windows]\nreview = "soon"\nactivaton = "1d"\n[sla]\nclock = "busines"\n[routing]\norder = ["a", "territry"]\n[duplicates]\nx = 1'
    )
    assert [path for path, _ in faults(text)] == [
        "windows.review",
        "windows.activaton",
        "sla.clock",
        "routing.order.0",
        "routing.order.1",
        "duplicates.x",
    ]


def test_one_company_is_named_once() -> None:
    rows = "".join(f'[[named_accounts]]\ncompany = "{name}"\nowner = "x"\n' for name in ("Acme", "ACME"))
    assert faults(rows) == [("named_accounts", None)]


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    path = tmp_path / "rules-of-engagement.toml"
    path.write_bytes(b"# \xff")
    with pytest.raises(BadPolicy, match="not UTF-8 at byte 2"):
        Policy.read(path)
    with pytest.raises(FileNotFoundError):
        Policy.read(tmp_path / "absent.toml")


@given(st.integers(0, LONGEST // SECOND))
def test_a_duration_is_read_as_it_is_written(seconds: int) -> None:
    text = format_duration(seconds * SECOND)
    assert parse_duration(text) == seconds * SECOND
    assert format_duration(parse_duration(f"{seconds}s")) == text


def test_durations_are_written_as_people_say_them() -> None:
    for text in ("48h", "24h", "21d", "30m", "5m", "90m", "36h", "180d", "90s", "0s", "3d"):
        assert format_duration(parse_duration(text)) == text
    assert set(UNITS) == set("smhd")


@given(st.integers(0, 24 * 60))
def test_a_time_of_day_is_read_as_it_is_written(minutes: int) -> None:
    assert parse_clock(format_clock(minutes * MINUTE)) == minutes * MINUTE
