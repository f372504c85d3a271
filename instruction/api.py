"""Instruction over REST."""

from rest_framework.parsers import MultiPartParser

from alignment_dash.runs import upload_api
from instruction.imports.work import OBSERVATION_IMPORTS


class ObservationImportList(upload_api.UploadList):
    """Imports of ratings, newest first; POST takes a CSV file in, as multipart "file" or as the body (text/csv)."""

    kind = OBSERVATION_IMPORTS
    parser_classes = [MultiPartParser, upload_api.CsvParser]


class ObservationImportDetail(upload_api.UploadDetail):
    """One import of ratings, to be polled."""

    kind = OBSERVATION_IMPORTS


class ObservationImportFindings(upload_api.UploadFindings):
    """What was found in one file of ratings, as CSV."""

    kind = OBSERVATION_IMPORTS
