"""Words of an event's title that say what it was for, by language: English and Spanish, as US districts write them.

A district that uses other words adds them here; until then the suggestions learn each title that a supervisor has
chosen a purpose for. No rows.
"""

import re
import unicodedata
from typing import Final

# The first purpose that fits decides, in whichever language; "" leaves an event out. Case and accents do not matter.
WORDS: Final[tuple[tuple[str, dict[str, tuple[str, ...]]], ...]] = (
    ("", {
        "en": ("lunch", "dentist", "doctor", "vacation", "out of office", "ooo", "birthday", "holiday", "pickup", "pto"),
        "es": ("almuerzo", "dentista", "médico", "doctora", "vacaciones", "fuera de la oficina", "cumpleaños", "feriado",
               "día festivo", "recoger"),
    }),
    ("own-learning", {
        "en": ("supervisors' learning community", "supervisors' community", "supervisors' plc", "supervisor plc"),
        "es": ("comunidad de supervisores", "comunidad de supervisoras", "plc de supervisores", "plc de supervisoras"),
    }),
    ("travel", {
        "en": ("travel", "drive", "driving", "commute"),
        "es": ("viaje", "traslado", "manejar", "camino a"),
    }),
    ("evaluation", {
        "en": ("evaluation", "eval", "summative", "mid-year review", "end-of-year review", "goal setting conference"),
        "es": ("evaluación", "evaluaciones", "sumativa", "revisión de mitad de año", "revisión de medio año",
               "revisión de fin de año", "conferencia de metas", "reunión de metas"),
    }),
    ("observing-together", {
        "en": ("learning walk", "walkthrough", "walk-through", "walkthroughs", "classroom visits", "classroom visit",
               "co-observe", "co-observation", "observe", "observation", "observations", "rounds", "site visit",
               "school visit", "visit"),
        "es": ("recorrido", "recorridos", "visita", "visitas", "observar", "observación", "observaciones",
               "rondas"),
    }),
    ("modeling", {
        "en": ("model", "modeling", "demo", "demonstration", "rehearsal"),
        "es": ("modelar", "modelado", "modelaje", "demostración", "ensayo"),
    }),
    ("principal-plc", {
        "en": ("plc", "principal meeting", "principals meeting", "principals' meeting", "network meeting",
               "learning community", "book study"),
        "es": ("reunión de directores", "reunión de directoras", "reunión de principales", "reunión de la red",
               "red de directores", "comunidad de aprendizaje", "comunidad de directores", "círculo de lectura",
               "cap de directores"),
    }),
    ("one-on-one", {
        "en": ("1:1", "1-1", "one-on-one", "one on one", "coaching", "check-in", "check in", "debrief", "coach"),
        "es": ("uno a uno", "individual", "acompañamiento", "asesoría", "mentoría", "seguimiento",
               "retroalimentación"),
    }),
    ("compliance", {
        "en": ("compliance", "audit", "state report", "monitoring", "mandated", "title i", "investigation"),
        "es": ("cumplimiento", "auditoría", "informe estatal", "monitoreo", "título i", "investigación"),
    }),
    ("own-learning", {
        "en": ("training", "conference", "workshop", "webinar", "professional learning", "course"),
        "es": ("capacitación", "formación", "taller", "talleres", "conferencia", "congreso", "seminario",
               "desarrollo profesional", "aprendizaje profesional", "curso"),
    }),
    ("operations", {
        "en": ("budget", "facilities", "transportation", "boiler", "enrollment", "calendar", "operations", "cabinet",
               "staff meeting", "leadership team", "all hands", "board meeting", "logistics"),
        "es": ("presupuesto", "instalaciones", "transporte", "caldera", "matrícula", "inscripción", "calendario",
               "operaciones", "gabinete", "reunión de personal", "equipo de liderazgo", "junta escolar",
               "reunión de la junta", "logística"),
    }),
)  # fmt: skip


def plain(text: str) -> str:
    """Return a text as it is compared: in small letters, without accents, with straight apostrophes."""
    parts = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(one for one in parts if not unicodedata.combining(one))


def has_word(text: str, words: str) -> bool:
    """Say whether a text has these words as words of their own; both as `plain` returns them."""
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text) is not None


_PLAIN: Final = tuple(
    (purpose, word, plain(word)) for purpose, told in WORDS for words in told.values() for word in words
)


def purpose_of(title: str) -> tuple[str | None, str]:
    """Return what a title was for, by the first word it has, and that word; None and "" where it has none."""
    text = plain(title)
    found = ((purpose, word) for purpose, word, looked_for in _PLAIN if has_word(text, looked_for))
    return next(found, (None, ""))
