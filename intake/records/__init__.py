"""The frozen records that flow from stage to stage.

Lengths are millimetres on the form from its top left corner, pictures are 8-bit grey with
0 = black, probabilities are 0..1 for the whole field unless a name says `cell`. Records that
carry pictures compare by identity; their arrays are read-only.
"""

from intake.records.deskwork import ClerkTally, Load, LoosePaper, Placing, Role
from intake.records.handover import (
    BatchSummary,
    ControlTotals,
    Correction,
    FieldRow,
    FieldTally,
    FileEntry,
    QueueItem,
    ReadingRecord,
    Waiting,
)
from intake.records.knowing import (
    Account,
    Fitting,
    Meter,
    MeterKind,
    PastReading,
)
from intake.records.outcome import (
    Candidate,
    FieldResult,
    FormResult,
    PageResult,
    Reading,
    Verdict,
)
from intake.records.paper import (
    CELL_MARGIN,
    AlignedForm,
    Box,
    Crop,
    FieldPlace,
    FormCode,
    Grey,
    Matrix,
    Page,
    Points,
    Refusal,
    ScanFile,
    read_only,
)
from intake.records.trust import (
    AuditTally,
    BatchEntry,
    FieldThreshold,
    Keyed,
    LabelledField,
    PageCondition,
    ScannedPage,
    Through,
)
from intake.records.value import decimal_string
from intake.records.words import (
    Decision,
    Kind,
    PageKind,
    Reason,
)

__all__ = [
    "CELL_MARGIN",
    "Account",
    "AlignedForm",
    "AuditTally",
    "BatchEntry",
    "BatchSummary",
    "Box",
    "Candidate",
    "ClerkTally",
    "ControlTotals",
    "Correction",
    "Crop",
    "Decision",
    "FieldPlace",
    "FieldResult",
    "FieldRow",
    "FieldTally",
    "FieldThreshold",
    "FileEntry",
    "Fitting",
    "FormCode",
    "FormResult",
    "Grey",
    "Keyed",
    "Kind",
    "LabelledField",
    "Load",
    "LoosePaper",
    "Matrix",
    "Meter",
    "MeterKind",
    "Page",
    "PageCondition",
    "PageKind",
    "PageResult",
    "PastReading",
    "Placing",
    "Points",
    "QueueItem",
    "Reading",
    "ReadingRecord",
    "Reason",
    "Refusal",
    "Role",
    "ScanFile",
    "ScannedPage",
    "Through",
    "Verdict",
    "Waiting",
    "decimal_string",
    "read_only",
]
