"""The bridge from rows to the pure core: one snapshot of table, rules and holders.

Tables and rule books never change once published and are kept by id; holders
are kept under the holdings revision. Only the units on the way from a school to
its city are read, so the cost does not grow with the number of schools.
"""
