"""The responsibility table (安全工作责任表): drafts, versions, differences."""
