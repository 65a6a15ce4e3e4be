"""What a website tells of whose it is: its host, unless it is a page that anyone can have at somebody else's (rule 19)."""

from __future__ import annotations

PAGES = frozenset(
    {
        "about.me", "alibaba.com", "amazon.com", "angel.co", "behance.net", "bit.ly", "bsky.app", "crunchbase.com", "discord.gg",
        "ebay.com", "etsy.com", "facebook.com", "fb.com", "fb.me", "fiverr.com", "g.page", "github.com", "gitlab.com", "glassdoor.com",
        "goo.gl", "google.com", "indeed.com", "instagram.com", "kununu.com", "line.me", "linkedin.com", "linktr.ee", "lnkd.in",
        "medium.com", "meetup.com", "naver.com", "ok.ru", "patreon.com", "pinterest.com", "producthunt.com", "quora.com", "reddit.com",
        "slideshare.net", "t.me", "threads.net", "tiktok.com", "tripadvisor.com", "trustpilot.com", "tumblr.com", "twitter.com",
        "upwork.com", "vimeo.com", "vk.com", "wa.me", "weibo.com", "wellfound.com", "whatsapp.com", "wikipedia.org", "x.com",
        "xing.com", "yelp.com", "youtu.be", "youtube.com", "zalo.me",
    }
)
"""Sites where companies have pages, all under one domain (`linkedin.com/company/acme`): networks, directories, market places, shortened
addresses. Those that give each a host of its own (`acme.wixsite.com`) are in the Public Suffix List."""


def host_of(website: str) -> str:
    """The host that a website is at (`https://www.contoso.com:443/en` -> `www.contoso.com`)."""
    return _parts(website)[0]


def is_page(website: str, domain: str) -> bool:
    """Whether it is a page at a site, whose registrable domain `domain` is, that gives them to anyone; the site alone is its owner's."""
    return domain in PAGES and bool(_parts(website)[1])


def _parts(website: str) -> tuple[str, str]:
    place, _, page = website.strip().lower().rpartition("://")[2].partition("/")
    place, _, asked = place.partition("?")
    return place.rpartition("@")[2].partition(":")[0].rstrip("."), page.partition("?")[0] or asked
