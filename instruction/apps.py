from django.apps import AppConfig


class InstructionConfig(AppConfig):
    name = "instruction"
    verbose_name = "Teaching, leadership and the evidence of both"

    def ready(self) -> None:
        from alignment_dash.runs import registry
        from instruction import snapshots, tasks

        registry.register(
            registry.Job(
                kind=snapshots.KIND,
                label="Teaching capacity",
                perform=tasks.perform_capacity,
                stale_on=frozenset({"ratings", "roster", "framework"}),
                subjects=tasks.subjects,
            )
        )
