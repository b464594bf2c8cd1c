"""The responsibility table (安全工作责任表) as the bureau keeps it: drafts, versions, differences."""
