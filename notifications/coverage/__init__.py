"""Coverage (责任覆盖): for everything there is somebody, today and in the next 30 days."""
