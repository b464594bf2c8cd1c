"""Risk: where to look next. Estimators and scores move in with the risk capability."""
