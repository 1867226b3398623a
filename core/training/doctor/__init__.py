"""Looks a data set over before training does: every file once, every fault with its file.

report = examine(config.data, crop_px=512)
report.blocks  # whether training on it makes no sense
"""

from core.training.doctor.examination import examine
from core.training.doctor.report import Finding, Kind, Report, Role, SetSummary, Severity

__all__ = ["Finding", "Kind", "Report", "Role", "SetSummary", "Severity", "examine"]
