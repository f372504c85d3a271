"""What the REST API of calibration takes and gives."""

from typing import Any

from rest_framework import serializers

from instruction.models import CalibrationRating

_LONGEST = CalibrationRating._meta.get_field("evidence").max_length


class ExerciseSerializer(serializers.Serializer[Any]):
    """An exercise as the caller may know it."""

    uid = serializers.UUIDField()
    title = serializers.CharField()
    state = serializers.CharField(help_text="draft, open, released or canceled")
    due_on = serializers.DateField()
    released_at = serializers.DateTimeField(allow_null=True)
    video_url = serializers.CharField(help_text='"" for a lesson seen together')
    is_invited = serializers.BooleanField()
    submitted_at = serializers.DateTimeField(allow_null=True, help_text="when the caller handed in")
    n_invited = serializers.IntegerField(allow_null=True, help_text="for who leads; null for others")
    n_submitted = serializers.IntegerField()


class ElementSerializer(serializers.Serializer[Any]):
    """One element of an exercise. What is told of others' levels is null before the release, and of too few."""

    element = serializers.CharField(help_text="code of the element")
    name = serializers.CharField()
    own_level = serializers.IntegerField(allow_null=True)
    reference_level = serializers.IntegerField(allow_null=True)
    reference_why = serializers.CharField()
    counts = serializers.ListField(
        child=serializers.IntegerField(), allow_null=True, help_text="how many gave level 1, 2, …"
    )
    not_seen = serializers.IntegerField(allow_null=True)


class DetailSerializer(ExerciseSerializer):
    """An exercise with its elements; levels of others without names."""

    elements = ElementSerializer(many=True)
    agreed = serializers.IntegerField(
        allow_null=True, help_text="of only two observers: on how many elements they gave the same level"
    )


class RatingSerializer(serializers.Serializer[Any]):
    """The caller's own notes and level of one element: a level, not seen, or neither yet."""

    element = serializers.CharField(max_length=40, help_text="code of the element")
    level = serializers.IntegerField(min_value=1, max_value=20, allow_null=True, required=False, default=None)
    not_seen = serializers.BooleanField(required=False, default=False)
    evidence = serializers.CharField(
        max_length=_LONGEST, allow_blank=True, required=False, default="", trim_whitespace=False
    )


class RatingsRequestSerializer(serializers.Serializer[Any]):
    """A draft of the caller's levels; elements that are not named stay as they are."""

    ratings = serializers.ListField(child=RatingSerializer(), max_length=200)
    revision = serializers.IntegerField(
        required=False, min_value=0, help_text="of the draft that was read; 409 where it was saved since"
    )


class RatingsSerializer(serializers.Serializer[Any]):
    """The caller's own levels, and nobody else's."""

    revision = serializers.IntegerField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    ratings = RatingSerializer(many=True)
