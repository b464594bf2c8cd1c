from incidents.cases.models.device import FilingDevice
from incidents.cases.models.filing import DailyNumber, FilingKey
from incidents.cases.models.incident import (
    Incident,
    IncidentGroupObjectPermission,
    IncidentSchool,
    IncidentUserObjectPermission,
)
from incidents.cases.models.report import Measure, Report, UpwardReport

__all__ = [
    "DailyNumber",
    "FilingDevice",
    "FilingKey",
    "Incident",
    "IncidentGroupObjectPermission",
    "IncidentSchool",
    "IncidentUserObjectPermission",
    "Measure",
    "Report",
    "UpwardReport",
]
