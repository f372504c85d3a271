"""Step: one sign-in for each role, tied to a person who has that work in the sample district."""

import secrets

from django.contrib.auth.hashers import make_password

from alignment_dash.access import actions
from alignment_dash.access.models import User
from alignment_dash.access.roles import AT_SCHOOLS, Role
from alignment_dash.schoolyear import bounds
from schools.models import Person
from schools.sample.sample import Sample, SignIn

SIGN_INS_END = "@sample.example"
_AT_SCHOOL = {Role.PRINCIPAL, Role.ASSISTANT_PRINCIPAL, Role.TEACHER}
_TITLES = {
    Role.DATA_ADMINISTRATOR: ("Data administrator", "Curriculum and data coordinator"),
    Role.CABINET: ("Chief of schools", "Superintendent"),
    Role.CI_ADMINISTRATOR: ("Director of curriculum", "Director of teaching and learning"),
    Role.CI_STAFF: ("Mathematics coordinator",),
    Role.HR: ("Director of human resources", "Human resources and business manager"),
}


def load_users(sample: Sample) -> int:
    """Create the users with one new random password, and fill `sample.sign_ins`; return how many.

    The password changes with every load and stands in no file but the one the caller asks for.
    """
    password = secrets.token_urlsafe(12)
    # Hashing is slow by design; one password needs one hash.
    hashed = make_password(password)
    start, _ = bounds(sample.calendar.year)
    school = _school_shown(sample)
    for role in Role:
        person = _person_of(role, school, sample)
        name = _name(role, person, sample)
        user = actions.add_user(email=f"{role}{SIGN_INS_END}", name=name, password=None, by=None)
        User.objects.filter(pk=user.pk).update(password=hashed)
        org = int(sample.schools[school]) if role in AT_SCHOOLS else None
        actions.give_role(user=user, role=role, org_id=org, by=None, start=start)
        if person is not None:
            Person.objects.filter(pk=int(sample.people[person])).update(user=user)
        sample.sign_ins.append(SignIn(role, str(role.label), user.email, password))
    return len(sample.sign_ins)


def _school_shown(sample: Sample) -> int:
    """The first school with an assistant principal today: the one the school's own users belong to."""
    spells = sample.staff.spells
    current = (at for at in spells.where(Role.ASSISTANT_PRINCIPAL).tolist() if not spells.end[at])
    return (
        min((spells.org[at] for at in current), default=sample.places.first_school)
        - sample.places.first_school
    )


def _person_of(role: Role, school: int, sample: Sample) -> int | None:
    """Return the number of the person who has this work; None where nobody is free to."""
    spells, org = sample.staff.spells, sample.places.first_school + school
    if role == Role.SUPERVISOR:
        network = int(sample.places.network[school])
        return sample.staff.supervisor[max(network, 0)]
    if role in _AT_SCHOOL:
        held = [at for at in spells.where(role).tolist() if spells.org[at] == org and not spells.end[at]]
        # A teacher with something to see under "my evidence".
        seen = sample.observed if len(sample.observed) else [0] * len(sample.people)
        return max((spells.person[at] for at in held), key=lambda person: seen[person], default=None)
    titles = _TITLES.get(role, ())
    titled = (at for at, title in enumerate(spells.title) if title in titles)
    # In a small district the superintendent supervises principals: one person, one user.
    taken = sample.staff.supervisor if not sample.places.networks else []
    return next((spells.person[at] for at in titled if spells.person[at] not in taken), None)


def _name(role: Role, person: int | None, sample: Sample) -> str:
    if person is None:
        return str(role.label)
    given, family, _ = sample.staff.names[person]
    return f"{given} {family}"
