"""What pages are called where they are counted: as the questions and the tools that lead to them."""

from django.utils.translation import gettext as _

from alignment_dash.ui import questions


def label_of(url_name: str) -> str:
    """Return the name of a page; one that neither answers a question nor is a tool is called by its address."""
    known = questions.labels()
    if url_name in known:
        return str(known[url_name])
    space, _sign, name = url_name.rpartition(":")
    words = name.replace("-", " ").capitalize()
    return _("%(page)s (%(app)s)") % {"page": words, "app": space} if space else words
