"""The page that shows the API in words."""

import pytest
from django.urls import reverse
from django.utils.html import escape

from alignment_dash.access.roles import Role


@pytest.mark.django_db
def test_reference_lists_every_operation_for_each_person_under_their_own_name(client, district):
    for role in (Role.CABINET, Role.TEACHER):
        user = district.users[role]
        client.force_login(user)
        page = client.get(reverse("api-docs")).text
        assert f"<summary>{escape(user.name or user.get_username())}</summary>" in page
        paths = client.get(reverse("api-schema")).json()["paths"]
        assert len(paths) > 50
        for path, operations in paths.items():
            for method in operations:
                assert (
                    f'<h2 id="{operations[method]["operationId"]}"><code>{method.upper()} {path}</code></h2>'
                    in page
                )
