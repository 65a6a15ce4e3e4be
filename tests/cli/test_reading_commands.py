"""`check`, `locks`, `policy check`, `doctor`, and what a mistyped word is answered with."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from schemas.policy import Policy
from streams.cli import COMMANDS
from tests.cli.conftest import OPS, Run, Tell

pytestmark = pytest.mark.redis


def mail(rep: str, contact: str = OPS, **more: object) -> dict[str, object]:
    return {"message_id": "m1", "contact": contact, "rep": rep, "sequence_id": "nw-1", "mailbox": f"{rep}@ours.example", **more}


def test_check_says_who_why_and_until_when_and_exits_with_the_verdict(run: Run, tell: Tell) -> None:
    tell("email-sent", mail("sam"))
    blocked = run("check", OPS, "--rep", "priya")
    assert blocked.exit_code == 20
    assert blocked.stdout.startswith("block: sam holds this contact until ")
    assert blocked.stdout.count("\n") == 1
    assert "held by sam (inbound)" in blocked.stdout
    warned = run("check", "vp.ops@northwind-logistics.com", "--rep", "priya", "--json")
    assert warned.exit_code == 10
    said = json.loads(warned.stdout)
    assert (said["verdict"], said["rule"], said["held_by"]["rep"]) == ("warn", "account_overlap", "sam")
    assert run("check", OPS, "--rep", "sam").exit_code == 0


def test_check_claims_nothing(run: Run, tell: Tell) -> None:
    assert run("check", OPS, "--rep", "priya", "--stage", "launch").exit_code == 0
    assert run("check", OPS, "--rep", "sam", "--stage", "launch").exit_code == 0
    assert "no locks" in run("locks").stderr


def test_check_names_a_rep_nobody_knows_and_an_address_that_is_none(run: Run, tell: Tell) -> None:
    assert "the nearest known one is 'priya'" in run("check", OPS, "--rep", "pryia").stderr
    refused = run("check", "ops.northwind", "--rep", "sam")
    assert refused.exit_code == 2
    assert "CONTACT" in refused.stderr
    assert "'ops.northwind'" in refused.stderr


def test_locks_lists_all_and_those_of_a_rep(run: Run, tell: Tell) -> None:
    tell("email-sent", mail("sam"))
    tell("email-sent", mail("priya", "ann@example.com"))
    told = run("locks").stdout
    assert f"contact:{OPS}" in told
    assert "contact:ann@example.com" in told
    of_sam = [json.loads(line) for line in run("locks", "sam", "--json").stdout.splitlines()]
    assert [(one["target"], one["owner"], one["account"]["id"]) for one in of_sam] == [
        (f"contact:{OPS}", {"rep": "sam", "team": "inbound"}, "nw")
    ]
    limited = run("locks", "--limit", 1)
    assert len(limited.stdout.splitlines()) == 2
    assert "1 more" in limited.stderr


def test_locks_tells_a_contacts_record_and_its_history(run: Run, tell: Tell) -> None:
    tell("email-sent", mail("sam", tool="leadtrain"), -3)
    tell("reply-classified", {"contact": OPS, "class": "unsubscribe", "rep": "sam"}, -2)
    said = json.loads(run("locks", OPS, "--json").stdout)
    assert said["lock"] is None
    assert [one["flag"] for one in said["suppressed"]] == ["unsubscribed"]
    assert [one["kind"] for one in said["history"]] == ["claim_granted", "ownership_released", "contact_suppressed"]
    assert [one["rep"] for one in said["sent"]] == ["sam"]
    told = run("locks", f"contact:{OPS}").stdout
    happened = ("sam got it (first touch)", "sam no longer has it (unsubscribe)", "nobody writes there any more (unsubscribe)")
    for word in ("nobody", "unsubscribed since", "for good", *happened, "Northwind Logistics (nw)"):
        assert word in told


def test_a_record_has_what_a_rep_asks_of_it(run: Run, tell: Tell) -> None:
    tell("account-updated", {"account_id": "nw", "name": "Northwind", "domains": ["northwind-logistics.com"], "backup_owner": "max"}, -9)
    tell("rep-updated", {"rep": "sam", "team": "inbound", "backup": "kim"}, -9)
    tell("email-sent", mail("sam", tool="outreach", campaign="Spring"), -8)
    tell("reply-classified", {"contact": OPS, "class": "interested", "rep": "sam"}, -7)
    said = json.loads(run("locks", OPS, "--json").stdout)
    assert (said["status"], said["backup_owner"], said["last_outbound"]["rep"]) == ("locked", "max", "sam")
    assert said["next_step"] == {"at": None, "what": "answer what they wrote"}
    told = run("locks", OPS).stdout
    assert "now: answer what they wrote" in told
    tell("email-sent", mail("sam", "new@elsewhere.com", tool="outreach", campaign="Spring"), -6)
    tell("ownership-commands", {"command": "hand_off", "by": "mia", "from": "sam", "to": "priya", "note": "hers", "scope": "all"}, -5)
    told = run("locks", OPS).stdout
    assert "it went from sam to priya (hand off)" in told
    assert "mia" in told.splitlines()[-1]
    tell("ownership-commands", {"command": "request_review", "by": "sam", "contact": OPS, "note": "mine"}, -0.1)
    said = json.loads(run("locks", OPS, "--json").stdout)
    assert (said["status"], said["active_sender"]) == ("under_review", "priya")
    assert "only priya sends" in run("locks", OPS).stdout


def test_a_sequence_is_told_with_its_tool_and_campaign(run: Run, tell: Tell) -> None:
    tell("email-sent", mail("sam", "new@elsewhere.com", tool="outreach", campaign="Spring"))
    told = run("locks", "new@elsewhere.com").stdout
    assert "nw-1 of sam (outreach, Spring)" in told
    assert json.loads(run("locks", "new@elsewhere.com", "--json").stdout)["backup_owner"] is None


def test_locks_of_a_rep_come_from_the_reps_own_list(run: Run, tell: Tell) -> None:
    for contact in (OPS, "a@b.example", "c@d.example"):
        tell("email-sent", mail("sam", contact))
    tell("email-sent", mail("priya", "x@y.example"))
    tell("ownership-commands", {"command": "claim", "by": "sam", "domain": "northwind-logistics.com"})
    of_sam = [json.loads(line)["target"] for line in run("locks", "--rep", "sam", "--json").stdout.splitlines()]
    assert of_sam == ["contact:a@b.example", "contact:c@d.example", f"contact:{OPS}", "domain:northwind-logistics.com"]
    assert "no locks" in run("locks", "--rep", "mia").stderr
    assert "'priya'" in run("locks", "--rep", "pria").stderr
    assert run("locks", OPS, "--rep", "sam").exit_code == 2


def test_locks_tells_history_that_has_left_the_record(run: Run, tell: Tell) -> None:
    for number in range(12):
        tell("ownership-commands", {"command": "claim", "by": "sam", "contact": OPS}, -20 + number)
        tell("ownership-commands", {"command": "release", "by": "sam", "contact": OPS}, -19.5 + number)
    kinds = [one["kind"] for one in json.loads(run("locks", OPS, "--json").stdout)["history"]]
    assert kinds == ["claim_granted", "ownership_released"] * 12


def test_locks_tells_of_a_lead_where_it_is_and_what_it_may_be_a_duplicate_of(run: Run, tell: Tell) -> None:
    tell("lead-created", {"lead_id": "l1", "email": "pat@gmail.com", "product": "suv"})
    tell("lead-created", {"lead_id": "l2", "email": "p.a.t@gmail.com", "product": "van"})
    said = json.loads(run("locks", "lead:l2", "--json").stdout)["lead"]
    assert (said["status"], said["waits"]) == ("held", True)
    assert said["candidates"] == [{"lead_id": "l1", "same": ["email"], "product_differs": True}]
    assert "l1 (same email, another product)" in run("locks", "lead:l2").stdout
    told = run("locks", "lead:l1").stdout
    assert "the contact's: leadlock locks pat@gmail.com" in told
    assert "nobody" not in told
    verdict = {"command": "verify_duplicate", "by": "sam", "lead_id": "l2", "original_lead_id": "l1", "verdict": "merge"}
    tell("ownership-commands", verdict)
    assert "merged into l1" in run("locks", "lead:l2").stdout
    original = json.loads(run("locks", "lead:l1", "--json").stdout)
    assert (original["lead"]["merged"], original["lead"]["status"]) == (["l2"], "in_circulation")
    assert [one["kind"] for one in original["history"]] == ["lead_routed", "duplicate_merged"]


def test_locks_finds_an_account_a_domain_and_a_lead_however_they_are_named(run: Run, tell: Tell) -> None:
    tell("ownership-commands", {"command": "claim", "by": "sam", "account_id": "nw", "note": "met their COO"})
    tell("ownership-commands", {"command": "claim", "by": "priya", "domain": "elsewhere.example"})
    tell("lead-created", {"lead_id": "l1", "phone": "+15551234567"})
    for name in ("nw", "account:nw"):
        said = json.loads(run("locks", name, "--json").stdout)
        assert (said["target"], said["lock"]["owner"]["rep"], said["lock"]["note"]) == ("account:nw", "sam", "met their COO")
    for name in ("elsewhere.example", "domain:Elsewhere.example"):
        said = json.loads(run("locks", name, "--json").stdout)
        assert (said["target"], said["lock"]["owner"]["rep"]) == ("domain:elsewhere.example", "priya")
    assert [one["kind"] for one in json.loads(run("locks", "lead:l1", "--json").stdout)["history"]] == ["lead_routed"]


@pytest.mark.parametrize(
    ("target", "hint"),
    [("pria", "nearest known one is 'priya'"), ("acount:nw", "nearest is 'account:nw'"), ("account:", "followed by nothing")],
)
def test_locks_names_the_nearest_target(run: Run, tell: Tell, target: str, hint: str) -> None:
    refused = run("locks", target)
    assert refused.exit_code == 2
    assert hint in refused.stderr


def test_a_redis_that_is_away_is_one_clear_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLOCK_REDIS_URL", "redis://127.0.0.1:1/0")
    refused = run("locks")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Error: Redis did not answer")


def test_policy_check_names_every_fault(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text('[windows]\naktivation = "48h"\nreview = "21 days"\n')
    refused = run("policy", "check", file)
    assert refused.exit_code == 1
    assert "`windows.aktivation`" in refused.stderr
    assert "`activation`" in refused.stderr
    assert "`windows.review`" in refused.stderr
    said = json.loads(run("policy", "check", file, "--json").stdout)
    assert {one["path"] for one in said["faults"]} == {"windows.aktivation", "windows.review"}


def test_policy_check_prints_effective_values_that_are_a_policy_again(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(
        '[windows]\nreview = "14d"\n[ownership.by_segment]\nenterprise = "account"\n[matching.aliases]\n"I.B.M. \\"Blue\\"" = "IBM"\n'
        '[[named_accounts]]\ncompany = "Acme"\nowner = "sam"\n'
    )
    told = run("policy", "check", file)
    assert told.exit_code == 0
    assert tomllib.loads(told.stdout) == Policy.read(file).effective()
    assert Policy.parse(told.stdout).hash == Policy.read(file).hash
    assert json.loads(run("policy", "check", file, "--json").stdout)["policy"] == Policy.read(file).hash


def test_doctor_exits_1_when_something_fails(run: Run, tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLOCK_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    found = run("doctor", "--json")
    assert found.exit_code == 1
    status = {one["name"]: one["status"] for one in json.loads(found.stdout)["findings"]}
    assert (status["brokers"], status["redis"], status["policy"]) == ("fail", "ok", "ok")


def test_a_bad_policy_stops_the_worker(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text('[windows]\naktivation = "48h"\n')
    refused = run("worker", "--policy", file)
    assert refused.exit_code == 1
    assert "`activation`" in refused.stderr


def test_an_unknown_command_is_answered_with_the_nearest(run: Run) -> None:
    refused = run("lokcs")
    assert refused.exit_code == 2
    assert "the nearest is 'locks'" in refused.stderr


@pytest.mark.parametrize("command", sorted(set(COMMANDS)))
def test_every_command_has_help(run: Run, command: str) -> None:
    told = run(command, "--help")
    assert told.exit_code == 0
    assert "Usage: " in told.stdout
