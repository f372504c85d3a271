from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Each makes itself known; in the order of the pages they add.
PACKAGES = (
    "defining",
    "consulting",
    "observing",
    "completion",
    "calibrating",
    "school_plans",
    "second_looks",
    "meetings",
    "leadership",
)


class InstructionConfig(AppConfig):
    name = "instruction"
    verbose_name = "Teaching, leadership and the evidence of both"

    def ready(self) -> None:
        from alignment_dash.access.policy import Action, Data
        from alignment_dash.runs import registry
        from alignment_dash.ui import questions
        from instruction import person_data, snapshots, tasks, tasks_of_persons, tasks_of_terms
        from instruction.imports import products
        from instruction.imports.products import work as product_work
        from instruction.imports.work import OBSERVATION_IMPORTS
        from instruction.questions import CAPACITY, CERTAINTY, DISTRICT, FRAMEWORK, MINE, TIERS
        from schools.sample import registry as sample_steps

        person_data.register_all()

        registry.register(
            registry.Job(
                kind=snapshots.KIND,
                label="Teaching capacity",
                perform=tasks.perform_capacity,
                stale_on=frozenset({"ratings", "roster", "framework", "visiting", "expectations", "leave"}),
                subjects=tasks.subjects,
                together=frozenset({snapshots.KIND_OF_PERSONS}),
                # What may be told of a term beside today is decided with the figures of today.
                after=frozenset({snapshots.KIND_OF_TERMS}),
            )
        )
        registry.register(
            registry.Job(
                kind=snapshots.KIND_OF_PERSONS,
                label="Teachers' own figures",
                perform=tasks_of_persons.perform_capacity_of_persons,
                stale_on=frozenset({"ratings", "roster", "framework"}),
                subjects=tasks.subjects,
            )
        )
        registry.register(
            registry.Job(
                kind=snapshots.KIND_OF_TERMS,
                label="Teaching capacity of past terms",
                perform=tasks_of_terms.perform_capacity_of_terms,
                subjects=tasks_of_terms.subjects,
            )
        )
        for place, (name, run) in enumerate(
            [
                ("frameworks and targets", "load_frameworks"),
                ("ratings of teaching", "load_observations"),
                ("ratings of leadership", "load_leadership"),
            ],
            start=30,
        ):
            sample_steps.register(sample_steps.Step(name, place, f"instruction.sample.steps.{run}"))
        sample_steps.register(
            sample_steps.Step(
                "observers who visit", 33, "instruction.sample.visiting.load_visiting_observers"
            )
        )
        registry.register(OBSERVATION_IMPORTS.job())
        registry.register(
            registry.Job(
                kind=products.KIND,
                label="Files of other products",
                perform=product_work.perform,
                failed=product_work.failed,
                subjects=lambda year: [],
                publishes=False,
                nightly=False,
            )
        )
        registry.register(
            registry.Job(
                kind="observation-files-forget",
                label="Dropping files that waited too long",
                perform=product_work.forget,
                publishes=False,
            )
        )
        questions.register_tool(
            questions.Tool(
                OBSERVATION_IMPORTS.title,
                "instruction:observation-import-list",
                Data.OBSERVATION_IMPORTS,
                place=11,
            )
        )
        questions.register_tool(
            questions.Tool(_("Targets"), "instruction:targets", Data.TARGETS, 9, Action.CHANGE)
        )
        for question in (CAPACITY, CERTAINTY, DISTRICT, FRAMEWORK, MINE, TIERS):
            questions.register(question)
        for name in PACKAGES:
            import_module(f"instruction.{name}.start").register()
