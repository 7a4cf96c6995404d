"""A folder of scans through the pipeline into the store.

Files are opened and results saved in one order, whoever reads the pages in between, so the
same folder always makes the same ledger. Each form is saved when it is read: what an
interruption leaves undone is exactly what the next run does.
"""

from intake.batch.auditing import draw_audit
from intake.batch.course import Audience, Batch, Ends, Progress
from intake.batch.executors import Pool, pool_at, pool_of, worker_count
from intake.batch.work import Workplace

__all__ = [
    "Audience",
    "Batch",
    "Ends",
    "Pool",
    "Progress",
    "Workplace",
    "draw_audit",
    "pool_at",
    "pool_of",
    "worker_count",
]
