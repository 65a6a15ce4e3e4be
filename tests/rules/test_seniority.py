"""What titles tell of seniority (rules 20, 21)."""

from __future__ import annotations

import pytest

from streams.routing.seniority import of_title, seniority_of

TITLES = {
    "c_level": "CEO|Chief Financial Officer|Chief Technology & Information Officer|C.T.O.|Co-Founder|Founder & CEO|President"
    "|CEO and President|Managing Director|Geschäftsführer|Geschäftsführerin|Directeur Général|Director General|Consejero Delegado|CISO"
    "|Owner|Business Owner|Owner/Operator|Co-Owner",
    "vp": "VP|VP Sales|Vice President, Marketing|Senior Vice President|SVP Engineering|EVP|Sr. VP of Finance|V.P. Operations"
    "|Vicepresidente",
    "director": "Director of IT|Head of Growth|Chief of Staff|Sales Director|Leiter Einkauf|Directora de Marketing",
    "manager": "Office Manager|Team Lead|Product Manager|Gerente de Compras",
    "individual": "Analyst|Executive Assistant to the CEO|Assistant to the Vice President|Software Engineer|Intern, Office of the CTO"
    "|EA to CFO|Product Owner|Process Owner",
}


@pytest.mark.parametrize(("seniority", "title"), [(level, title) for level, titles in TITLES.items() for title in titles.split("|")])
def test_a_title_tells(seniority: str, title: str) -> None:
    assert of_title(title) == seniority


def test_what_the_lead_says_comes_first_and_no_title_tells_nothing() -> None:
    assert seniority_of("director", "CEO") == "director"
    assert seniority_of("", "") == ""
