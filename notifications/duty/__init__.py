"""The duty room (值班室): hand-over, log, call-back checks. Its tables are in ``safety.roster``."""
