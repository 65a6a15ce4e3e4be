"""By what two leads are found to be one person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, example_number, format_number

from streams.matching.people import alike, mailbox, name_of, telephone

NATIONAL = PhoneNumberFormat.NATIONAL, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164, PhoneNumberFormat.RFC3966


@pytest.mark.parametrize(
    ("number", "country", "one"),
    [
        ("+34 912 345 678", "ES", "+34912345678"),
        ("912345678", "ES", "+34912345678"),
        ("912.34.56.78", "es", "+34912345678"),
        ("0034 912 345 678", "ES", "+34912345678"),
        ("0034912345678", "", "+34912345678"),
        ("(0)20 7123 4567", "GB", "+442071234567"),
        ("+44 (0)20 7123 4567", "", "+442071234567"),
        ("020 7123 4567", "UK", "+442071234567"),
        ("+34912345678", "US", "+34912345678"),
        ("0034 912 345 678", "US", "+34912345678"),
        ("tel:+34-912-345-678", "", "+34912345678"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("(415) 555-0132 ext. 12", "US", "+14155550132;ext=12"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("+٣٤ ٩١٢ ٣٤٥ ٦٧٨", "", "+34912345678"),
    ],
)
def test_a_number_has_one_form_however_it_is_written(number: str, country: str, one: str) -> None:
    assert telephone(number, country) == one


@pytest.mark.parametrize("country", ["ES", "US", "GB", "DE", "MX", "BR", "IN", "JP", "AR", "IT"])
@pytest.mark.parametrize("form", NATIONAL)
def test_every_way_of_writing_a_country_s_number_is_the_same_one(country: str, form: int) -> None:
    number = example_number(country)
    assert number is not None
    assert telephone(format_number(number, form), country) == format_number(number, PhoneNumberFormat.E164)


def test_what_no_country_tells_is_compared_as_its_digits() -> None:
    assert telephone("912 345 678", "") == telephone("912345678", "") == ":912345678"
    assert telephone("555-0100", "US") == telephone("5550100", "US") != telephone("5550100", "CA")
    assert telephone("912345678", "ZZ") == "ZZ:912345678"


@pytest.mark.parametrize("number", ["", "n/a", "12", "0000000000", "+1 000 000 0000", "1234567890", "123456789", "9" * 30, "+", "call me"])
def test_a_placeholder_is_nobody_s_number(number: str) -> None:
    assert telephone(number, "US") == ""


def test_what_looks_like_a_placeholder_and_is_a_number_somewhere_is_one() -> None:
    assert telephone("01234 567890", "GB") == telephone("+44 1234 567890", "") == "+441234567890"
    assert telephone("098765 43210", "IN") == "+919876543210"
    assert telephone("(01) 234 5678", "IE") == "+35312345678"


def test_a_number_with_its_country_is_the_same_whatever_the_lead_s() -> None:
    assert telephone("+52 1 55 1234 5678", "MX") == telephone("00 52 1 55 1234 5678", "US") == telephone("+5215512345678", "")


@given(st.text(max_size=300), st.sampled_from(["", "ES", "US", "ZZ", "é"]))
def test_whatever_is_typed_is_read_without_a_fault(number: str, country: str) -> None:
    one = telephone(number, country)
    assert one == "" or len(one) < 60


def test_a_mailbox_is_one_however_its_address_is_written() -> None:
    assert mailbox("marta.diaz@gmail.com") == mailbox("martadiaz+offers@googlemail.com")
    assert mailbox("marta.diaz@acme.com") != mailbox("martadiaz@acme.com")
    assert mailbox("m+a@acme.com") == mailbox("m@acme.com")
    assert mailbox("") == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Marta", "Díaz"), ("marta", "diaz")),
        (("Marta", "Diaz"), ("Diaz", "Marta")),
        (("Marta", "Diaz"), ("M.", "Diaz")),
        (("Marta", "Diaz"), ("Marta", "Diaz Lopez")),
        (("Dr. Marta", "Diaz"), ("Marta", "Diaz")),
        (("Katherine", "Johnson"), ("Kathrine", "Johnson")),
        (("Юлия", "Иванова"), ("Yuliya", "Ivanova")),
    ],
)
def test_names_that_may_be_one_persons(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert alike(name_of(*one, ""), name_of(*other, ""))
    assert alike(name_of(*other, ""), name_of(*one, ""))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Marta", "Diaz"), ("Marta", "Ruiz")),
        (("Marta", "Diaz"), ("Maria", "Diaz")),
        (("Marta", ""), ("Marta", "")),
        (("M.", "D."), ("Marta", "Diaz")),
        (("Ana", "Li"), ("Ann", "Li")),
        (("", ""), ("Marta", "Diaz")),
    ],
)
def test_names_of_two_people(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert not alike(name_of(*one, ""), name_of(*other, ""))


def test_an_address_tells_a_name_where_nobody_gave_one() -> None:
    assert name_of("", "", "marta.diaz+x@acme.com") == "marta diaz"
    assert alike(name_of("", "", "marta.diaz@acme.com"), name_of("Marta", "Diaz", "sales@acme.com"))
