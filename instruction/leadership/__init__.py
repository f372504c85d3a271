"""What is known of principals' instructional leadership: estimates by the same model as of teaching, growth, and what
principals and their supervisors say of their own work.

There are two estimates (docs/decisions/0016): from all evidence, for the principal and the supervisor who helps; and
from evaluative evidence alone, which is all that may weigh where others plan with it.
"""

KIND = "leadership-capacity"
KIND_EVALUATIVE = "leadership-capacity-evaluative"
KIND_OF_TERMS = "leadership-capacity-of-terms"
