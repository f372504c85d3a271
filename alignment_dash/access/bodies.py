"""Reading what is sent to the API."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser as PlainJSONParser


class JSONParser(PlainJSONParser):
    """JSON as usual, save that a body nested too deeply to be read is the sender's fault."""

    def parse(self, *given: Any, **more: Any) -> Any:
        """Return the value. ParseError when it cannot be read."""
        try:
            return super().parse(*given, **more)
        except RecursionError as error:
            raise ParseError(_("The JSON is nested too deeply.")) from error
