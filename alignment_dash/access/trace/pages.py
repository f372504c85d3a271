"""What pages are called where they are counted: as the questions and the tools that lead to them."""

from django.utils.translation import gettext as _

from alignment_dash.ui import questions


def label_of(url_name: str) -> str:
    """Return the name of a page; one that neither answers a question nor is a tool is called by its address."""
    if url_name == "ui:home":
        return _("Questions")
    known = questions.labels().get(url_name)
    return (
        str(known) if known else url_name.rpartition(":")[2].replace("-", " ").replace("_", " ").capitalize()
    )
