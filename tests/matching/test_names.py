"""Which names are one company, which are not, and which a person is asked about."""

from __future__ import annotations

import pytest

from streams.matching.accounts import AccountFacts, Index
from tests.bench.matching import invented
from tests.matching.book import book, find, linked


@pytest.mark.parametrize(
    ("account", "company"),
    [
        ("Zorvex", "ZORVEX, Inc."),
        ("Zorvex GmbH", "zorvex"),
        ("Zorvex Technologies", "Zorvex"),
        ("Zorvex", "Zorvex Labs"),
        ("Zorvex", "Zorvex (UK) Limited"),
        ("Zorvex", "Zorvex Portugal"),
        ("Zorvex", "Zorvex R&D"),
        ("Bramble Quill", "BrambleQuill"),
        ("BrambleQuill", "Bramble Quill, LLC"),
        ("Bramble & Quill", "Bramble and Quill Co."),
        ("Quillberry Semiconductors", "Quilberry Semiconductor"),
        ("Crème Brambleé", "Creme Bramblee"),
        ("University of Quillton", "Quillton University"),
        ("University of Quillton", "Dept. of Physics, University of Quillton"),
        ("Bramble Quillworth Institute of Technology", "BQIT"),
        ("Zorvex", "Quillberry, a Zorvex company"),
        ("Zorvex", "Bramble formerly Zorvex"),
        ("Зорвекс", "Zorveks"),
        ("Synergy Marketing, Inc.", "シナジーマーケティング株式会社"),
        ("Brambleton Works", "ブランブルトン"),
        ("Zorvex", "Zorvex Quillberry Bramblewood Nolvant"),
        ("Zorvex", "Zorvex Quillberry Imaging Systems"),
        ("General Dynamics", "General Dynamics India"),
        ("Zorvex International", "Zorvex Foods"),
        ("Open University of Catalonia", "Universitat Oberta de Catalunya"),
        ("Zorvex Kliniken Köln", "Zorvex Hospital, Cologne"),
        ("Uitgeverij Zorvex", "Zorvex Publishers"),
        ("Polytechnic University of Quillton", "Technische Universität Quillton"),
        ("Quillton Security", "Quillton Sec."),
        ("Quilltonsec", "Quillton Security LLC"),
        ("Zorvel", "Zorvell"),
        ("Quembo", "Quebmo"),
        ("SZQ", "SZ Quillberry Ltd"),
        ("Zorvex Biotech", "Zorvex Pharmaceuticals"),
        ("Bramble Quillworth", "Quillworth"),
        ("Bramble Quillworth", "Bramble International Services"),
        ("SZ Quillberry", "SZQ"),
        ("Yamada Pharmaceutical Co., Ltd.", "山田製薬株式会社"),
        ("Ohyama Denki", "大山電気"),
        ("Kotani Construction", "小谷建設"),
        ("Odani Construction", "小谷建設"),
        ("Fujimoto Seisakusho", "株式会社藤本製作所"),
        ("QPS Inc.", "株式会社キューピーエス"),
        ("山田製薬株式会社", "Yamada Seiyaku K.K."),
        ("Sinonome Foods", "シノノメフーズ株式会社"),
        ("Zorvex", "ゾルベックス株式会社"),
        ("Lumitex", "ルミテックス株式会社"),
        ("Quillberry", "Fleet Tracker by Quillberry"),
        ("Zorvex Farmacêuticos", "Zorvex Pharma"),
    ],
)
def test_one_company_however_it_is_written(account: str, company: str) -> None:
    found = find(book(account, "Zzyzx Foods", "Other Bakery"), company)
    assert (found.account_id, found.verdict, found.method) == (account, "auto", "name")
    assert account in found.reason


@pytest.mark.parametrize(
    ("account", "company"),
    [
        ("Bramble Consulting Group LLC", "Consulting Group LLC"),
        ("Consulting Group LLC", "Quill Consulting Group LLC"),
        ("Bramble Consulting Group", "Quill Consulting Group"),
        ("University of Quillton", "University of Brambleford"),
        ("University of Oslo", "University of Lisbon"),
        ("Bank of Portugal", "Bank of Spain"),
        ("Alpenia Software", "Alpenia Electronics"),
        ("Artel", "Airtel"),
        ("Zorvel", "Zorvil"),
        ("XFS", "XNK Financial Services"),
        ("Zorvex Fashion Culture", "Zorvex Group"),
        ("Zorvels", "Zorveln"),
        ("Quillton Primora", "Quillton Pri"),
        ("Nexora Foods", "Nexira Steel"),
        ("Zorvex", "Quorvex Bramble"),
        ("National Institute", "International Institute"),
        ("Uvitex", "オバタックス株式会社"),
        ("Yamada Pharmaceutical", "山本製薬株式会社"),
    ],
)
def test_not_one_company_however_alike(account: str, company: str) -> None:
    assert linked(book(account, "Zzyzx Foods"), company) is None


def test_two_that_are_as_likely_are_asked_about() -> None:
    found = find(book("Zorvex Foods", "Zorvex Steel"), "Zorvex")
    assert found.verdict == "confirm"
    assert found.score < 80
    assert {one.account_id for one in found.candidates} == {"Zorvex Foods", "Zorvex Steel"}
    assert "as likely" in found.reason


def test_two_accounts_of_one_name_are_asked_about() -> None:
    accounts = book(AccountFacts("a1", "Zorvex"), AccountFacts("a2", "Zorvex Inc"))
    found = find(accounts, "Zorvex")
    assert (found.verdict, found.account_id) == ("confirm", "a1")


def test_the_country_decides_between_two_of_one_name() -> None:
    accounts = book(AccountFacts("a1", "Zorvex", country="US"), AccountFacts("a2", "Zorvex", country="PT"))
    assert linked(accounts, "Zorvex", country="pt") == "a2"


def test_in_another_country_only_the_very_same_name_is_a_link() -> None:
    accounts = book(AccountFacts("a1", "Zorvex", country="US"))
    assert linked(accounts, "Zorvex Inc.", country="PT") == "a1"
    assert find(accounts, "Zorvex Labs", country="PT").verdict == "confirm"


def test_a_name_that_names_two_companies_is_asked_about() -> None:
    assert find(book("Zorvex", "Brambleton"), "Zorvex, Brambleton").verdict == "confirm"


def test_the_fuller_name_wins_over_the_wider_one() -> None:
    accounts = book("University of Quillton", "University of Quillton Brambleford Campus")
    assert linked(accounts, "University of Quillton, Brambleford Campus") == "University of Quillton Brambleford Campus"


def test_a_word_that_many_accounts_have_tells_less() -> None:
    rare, common = (
        book("Zorvex Foods"),
        book("Zorvex Foods", *(f"Zorvex {word}" for word in ("Aaro", "Beki", "Cilo", "Duma", "Ezzu", "Fyro"))),
    )
    assert find(rare, "Zorvex").score > find(common, "Zorvex").score
    assert linked(common, "Zorvex") is None


def test_an_alias_of_the_policy_is_the_name_in_both_directions() -> None:
    lines = 'aliases = {"BQM" = "Bramble Quill Mondial"}'
    assert find(book("Bramble Quill Mondial"), "BQM Portugal", lines).verdict == "auto"
    assert find(book("BQM"), "Bramble Quill Mondial Inc.", lines).verdict == "auto"
    assert find(book("BQM"), "Bramble Quillworth Inc.").verdict == "none"


def test_an_alias_of_the_account_is_its_name() -> None:
    accounts = book(AccountFacts("a1", "Bramble Group", aliases=("Zorvex Foods",)))
    assert linked(accounts, "Zorvex Foods Ltd") == "a1"


def test_what_an_account_calls_its_site_is_its_name() -> None:
    accounts = book(
        AccountFacts("a1", "Bramble Mondial Holdings", domains=("quillco.com",)),
        AccountFacts("a2", "Norvel Foods", domains=("zorvex-labs.co.uk", "zorvex.co.uk"), country="GB"),
        AccountFacts("a3", "Xanthe Steel", domains=("cloud.com",)),
        *(AccountFacts(name, name, domains=("twomany.com",)) for name in ("Alpha Quartz", "Beta Quarry")),
    )
    assert linked(accounts, "Quillco") == linked(accounts, "QuillCo Software Lisbon") == "a1"
    assert linked(accounts, "Zorvex Limited", country="GB") == "a2"
    assert linked(accounts, "Zorvex Limited", country="PT") is None
    assert linked(accounts, "Cloud Services") is None
    assert linked(accounts, "Twomany") is None
    assert "quillco in its domain" in find(accounts, "Quillco").reason


def test_a_second_signal_asks_about_a_name_that_is_only_alike() -> None:
    accounts = book(AccountFacts("a1", "Quillberry Semiconductors", country="PT"), AccountFacts("a2", "Zzyzx"))
    lines = "second_signal = true"
    assert find(accounts, "Quilberry", lines).verdict == "confirm"
    assert "neither country nor website" in find(accounts, "Quilberry Semiconductor", lines).reason
    assert find(accounts, "Quilberry Semiconductor", lines, country="PT").verdict == "auto"
    assert find(accounts, "Quilberry Semiconductor", lines, website="https://quillberry.example").verdict != "none"
    assert find(accounts, "Quillberry Semiconductors", lines).verdict == "auto"


def test_the_policy_sets_what_links_and_what_is_asked() -> None:
    accounts = book("Bramble Norvel Quillworth")
    usual = find(accounts, "Quillworth")
    assert 70 <= usual.score < 80
    assert find(accounts, "Quillworth", "auto = 74").verdict == "auto"
    assert find(accounts, "Quillworth", "confirm = 79").verdict == "none"


def test_what_is_not_linked_says_what_was_nearest() -> None:
    found = find(book("Bramble Consulting"), "Quillworth Bramble")
    assert (found.account_id, found.method, found.verdict) == (None, "none", "none")
    assert "Bramble Consulting" in found.reason
    assert "like 'Xyzzq'" in find(book("Bramble"), "Xyzzq").reason


def test_three_initials_tell_enough_only_where_few_names_could_have_them_by_chance() -> None:
    few = book("Bramble Quill Materials", "Zzyzx Foods")
    many = Index(AccountFacts(f"a{at}", name) for at, name in enumerate([*invented(2_400), "Bramble Quillworth Xyzander"]))
    assert linked(few, "BQM") == "Bramble Quill Materials"
    assert linked(book("BQM"), "Bramble Quill Materials Inc.") == "BQM"
    assert (find(many, "BQX").verdict, find(many, "BQX").account_id) == ("confirm", "a2400")


def test_initials_in_another_script_are_not_what_its_owner_writes() -> None:
    asked = find(book("TKI"), "Такси Ксенон Инвест")
    assert (asked.account_id, asked.verdict) == ("TKI", "confirm")
