"""The responsibility table as a workbook: written and read back; and the bureau's own sheets."""
